// Stands in for trilens_engine.mjs: the functions of browser_runtime.cpp over a plain ArrayBuffer. A request is a call of a
// method of EngineHost; what comes back under its ticket is posted. Memory moves at each answer, as it does when it grows.

export default async function createEngine({ trilensHost: host, trilensPost: post }) {
  let memory = new Uint8Array(1 << 16);
  let top = 16;
  const allocate = (bytes) => {
    if (top + bytes > memory.length) memory = Uint8Array.from({ length: 2 * (top + bytes) }, (_, i) => memory[i] ?? 0);
    const at = top;
    top += bytes + ((8 - (bytes % 8)) % 8);
    return at;
  };
  const textAt = (at) => new TextDecoder().decode(memory.slice(at, memory.indexOf(0, at)));
  const answers = new Map();
  host.attach({
    heap: () => memory,
    text: (text) => {
      const bytes = new TextEncoder().encode(text);
      const at = allocate(bytes.length + 1);
      memory.set(bytes, at);
      memory[at + bytes.length] = 0;
      return at;
    },
    free: () => {},
    open: (ticket, json) => {
      memory = memory.slice();
      answers.set(ticket, { json: JSON.parse(textAt(json)), places: [] });
    },
    place: (ticket, index) => {
      const { json, places } = answers.get(ticket);
      const plain = (json.values ?? []).filter((value) => !('handle' in value))[index];
      const bytes = plain ? plain.dims.reduce((a, b) => a * b, 1) * { float32: 4, int32: 4, int64: 8, bool: 1 }[plain.type] : json.bytes;
      places[index] = [allocate(bytes), bytes];
      return places[index][0];
    },
    close: (ticket) => {
      const { json, places } = answers.get(ticket);
      answers.delete(ticket);
      post(JSON.stringify({ ticket, ...json, payloads: places.map(([at, bytes]) => [...memory.slice(at, at + bytes)]) }));
    },
    progress: (ticket, loaded, total) => post(JSON.stringify({ progress: ticket, loaded, total })),
  });
  const calls = {
    echo: ({ text }) => post(JSON.stringify({ text })),
    // Bytes travel as numbers here.
    createSession: ({ ticket, model, ...options }) => {
      const at = allocate(model.length);
      memory.set(model, at);
      host.createSession(ticket, at, model.length, JSON.stringify(options));
      memory.fill(0, at, at + model.length);  // read before the call returned
    },
    run: ({ ticket, session, feeds, fetches }) => {
      const described = feeds.map(({ name, handle, type, dims, data }) => {
        if (handle !== undefined) return { name, handle };
        const at = allocate(data.length);
        memory.set(data, at);
        return { name, type, dims, at, bytes: data.length };
      });
      host.run(ticket, session, JSON.stringify({ feeds: described, fetches }));
    },
    read: ({ ticket, handle }) => host.read(ticket, handle),
    gather: ({ ticket, handle, indices }) => host.gatherBatch(ticket, handle, JSON.stringify(indices)),
    statistics: ({ ticket, handle, rows, top: k }) => host.rowStatistics(ticket, handle, JSON.stringify(rows), k),
    release: ({ handle }) => host.release(handle),
    fetch: ({ ticket, path }) => host.fetch(ticket, path, -1),
    cancel: ({ ticket }) => host.cancelFetch(ticket),
    about: () => post(JSON.stringify({ webgpu: host.webgpuAvailable, adapter: host.adapter, counters: host.counters(), alive: host.remoteTensors() })),
    trap: () => {
      setTimeout(() => {
        throw new Error('a trap');
      });
    },
    reject: () => void Promise.reject(new Error('a rejection')),
  };
  return {
    _trilens_engine_receive: (at) => {
      const { call, ...rest } = JSON.parse(textAt(at));
      calls[call](rest);
    },
  };
}
