// What the canvas shows, as headings, lists and tables for assistive technology; without WebGL2 it is the page itself.
//
// Made from window.trilens.snapshot() (docs/automation.md), rebuilt at most twice a second, and only the families that
// changed, so that a reader's place in the others stays. Its buttons give the same commands as the canvas.

const kMillisBetween = 500;

/** @param {string} name @param {Record<string, string>} attributes @param {...(Node | string)} children */
function make(name, attributes, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.append(...children);
  return element;
}

/** @param {string} caption @param {string[]} head @param {string[][]} rows */
function table(caption, head, rows) {
  return make('table', {}, make('caption', {}, caption),
    make('thead', {}, make('tr', {}, ...head.map((cell) => make('th', { scope: 'col' }, cell)))),
    make('tbody', {}, ...rows.map(([first, ...rest]) =>
      make('tr', {}, make('th', { scope: 'row' }, first), ...rest.map((cell) => make('td', {}, cell))))));
}

export class Mirror {
  /**
   * @param {HTMLElement} place
   * @param {HTMLElement} status the live region
   * @param {{snapshot: () => any, command: (command: unknown) => Promise<unknown>, buttonsInTabOrder: () => boolean,
   *          named: (header: {input_label: string, placeholder: string}, shelf: {drop_words: string}) => void}} page
   */
  constructor(place, status, page) {
    this.place = place;
    this.status = status;
    this.page = page;
    this.timer = 0;
    /** @type {Map<string, string>} what each section was made from */
    this.made = new Map();
  }

  /** The state changed. */
  changed() {
    if (this.timer !== 0) return;
    this.timer = window.setTimeout(() => { this.timer = 0; this.render(); }, kMillisBetween);
  }

  render() {
    const snapshot = this.page.snapshot();
    this.page.named(snapshot.header, snapshot.shelf);
    const sentence = [snapshot.status?.sentence, snapshot.status?.notice].filter(Boolean).join(' ');
    if (this.status.textContent !== sentence) this.status.textContent = sentence;
    this.#section('controls', snapshot.header, () => this.#controls(snapshot));
    this.#section('shelf', snapshot.shelf, () => this.#shelf(snapshot.shelf));
    for (const column of snapshot.columns ?? []) this.#section(`column-${column.seat}`, column, () => this.#column(column));
    this.#section('space', snapshot.tab === 'space' ? [snapshot.space, snapshot.columns.map((/** @type {any} */ c) => c.space)] : null, () => (snapshot.tab === 'space' ? this.#space(snapshot) : []));
  }

  /** @param {string} id @param {unknown} source @param {() => Node[]} build */
  #section(id, source, build) {
    const key = JSON.stringify(source);
    if (this.made.get(id) === key) return;
    this.made.set(id, key);
    let section = this.place.querySelector(`#mirror-${id}`);
    if (!section) {
      section = make('section', { id: `mirror-${id}` });
      this.place.append(section);
    }
    section.replaceChildren(...build());
  }

  /** @param {string} label @param {unknown} command @param {boolean} enabled */
  #button(label, command, enabled = true) {
    const button = /** @type {HTMLButtonElement} */ (make('button', { type: 'button' }, label));
    button.disabled = !enabled;
    button.tabIndex = this.page.buttonsInTabOrder() ? 0 : -1;  // seen keyboards use the canvas; readers reach it all the same
    button.addEventListener('click', () => { this.page.command(command).catch(() => {}); });
    return button;
  }

  /** @param {any} snapshot */
  #controls(snapshot) {
    const { header, examples } = snapshot;
    const nodes = [make('h2', {}, header.title ?? 'Trilens'), make('p', {}, `${header.clock ?? ''}`)];
    const buttons = ['to_start', 'step_back', 'play', 'step', 'to_end', 'stop'].filter((id) => header[id])
      .map((id) => this.#button(header[id].label, { type: header[id].id ?? id }, header[id].enabled));
    nodes.push(make('p', {}, ...buttons));
    if (examples?.rows?.length) {
      const list = (/** @type {string} */ family) => make('ul', {}, ...examples.rows.filter((/** @type {any} */ row) => row.family === family)
        .map((/** @type {any} */ row) => make('li', {}, this.#button(`${row.title}: ${row.text}`, { type: 'use_example', id: row.id }))));
      nodes.push(make('h3', {}, examples.title), list(''));
      for (const group of examples.groups) nodes.push(make('h4', {}, group.title), list(group.family.id));
    }
    return nodes;
  }

  /** @param {any} shelf */
  #shelf(shelf) {
    if (!shelf?.open) return [];
    const { seat, card } = shelf;
    /** @type {Node[]} */
    const nodes = [make('h2', {}, shelf.title), make('p', {}, shelf.note), make('p', {}, this.#button(shelf.close_label, { type: 'close_shelf' }))];
    if (card) nodes.push(...this.#planCard(card));
    const rows = (/** @type {any[]} */ list) => make('ul', {}, ...list.map((row) => {
      const words = [row.title, row.facts, row.badge, row.note].filter(Boolean).join(', ');
      const item = make('li', {}, words, ' ');
      if (row.action) item.append(this.#button(row.action, { type: 'choose_model', seat, name: row.name }));
      if (row.asks) {
        item.append(row.question, ' ', this.#button(row.yes_label, { type: 'remove_model', key: row.key }), this.#button(row.no_label, { type: 'ask_remove', key: '' }));
      } else if (row.remove_label) {
        item.append(this.#button(row.remove_label, { type: 'ask_remove', key: row.key }));
      }
      return item;
    }));
    nodes.push(make('h3', {}, shelf.bundled_title), rows(shelf.bundled));
    nodes.push(make('h3', {}, shelf.kept_title), make('p', {}, [shelf.kept_sum, shelf.kept_note, shelf.kept_trouble].filter(Boolean).join(' ')), rows(shelf.kept));
    nodes.push(make('h3', {}, shelf.catalog_title), make('p', {}, `${shelf.catalog_note} ${shelf.catalog_none}`), rows(shelf.catalog));
    return nodes;
  }

  /** @param {any} card */
  #planCard(card) {
    /** @type {Node[]} */
    const nodes = [make('h3', {}, card.title), make('p', {}, [card.from, card.summary, card.variant].filter(Boolean).join('. '))];
    if (card.facts.length) nodes.push(table(card.title, ['', ''], card.facts.map((/** @type {any} */ fact) => [fact.label, fact.value])));
    const said = [card.waiting, card.progress?.sentence, card.trouble && `${card.trouble.title}: ${card.trouble.sentence}`, card.help, card.question].filter(Boolean).join(' ');
    const buttons = card.variants.filter((/** @type {any} */ variant) => !variant.selected)
      .map((/** @type {any} */ variant) => this.#button(`${variant.label}: ${variant.why}`, { type: 'choose_variant', variant: variant.variant }, variant.usable));
    if (card.fetch_label) buttons.push(this.#button(card.fetch_label, { type: 'confirm_fetch' }));
    if (card.again_label) buttons.push(this.#button(card.again_label, { type: 'get_again' }));
    if (card.progress) buttons.push(this.#button(card.progress.cancel_label, { type: 'stop_fetch' }));
    if (card.decline_label) buttons.push(this.#button(card.decline_label, { type: 'decline_plan' }));
    nodes.push(make('p', {}, said), make('p', {}, ...buttons));
    return nodes;
  }

  /** @param {any} snapshot */
  #space({ space, columns }) {
    /** @type {Node[]} */
    const nodes = [make('h2', {}, columns[0].space.head.title), make('p', {}, space.note)];
    for (const setting of [space.pooling, space.projection]) {
      nodes.push(make('p', {}, `${setting.label}: `, ...setting.choices.map((/** @type {any} */ choice) => this.#button(choice.label, { type: 'choose_space', [setting.id]: choice.id }, !choice.selected))));
    }
    nodes.push(make('p', {}, `${space.question_label}: `, ...space.questions.map((/** @type {any} */ q) => this.#button(q.label, { type: 'choose_space', question: q.id }, !q.selected))));
    nodes.push(make('h3', {}, space.list_label), make('ol', {}, ...space.items.map((/** @type {any} */ item) => make('li', {}, item.text))));
    for (const step of space.steps) nodes.push(make('h3', {}, step.title), make('p', {}, [step.text, step.note].filter(Boolean).join(' · ')));
    for (const { head, space: column } of columns) {
      if (!column.points.length) continue;
      nodes.push(make('h3', {}, `${head.title}: ${column.facts}`), make('p', {}, column.plot_note));
      nodes.push(make('ol', {}, ...column.points.map((/** @type {any} */ point) => make('li', {}, point.sentence))));
      if (column.ranking.length) nodes.push(table(column.ranking_title, ['', ''], column.ranking.map((/** @type {any} */ rank) => [rank.text, rank.score])));
    }
    return nodes;
  }

  /** Step by step, vectors left out. @param {any} account @returns {Node[]} */
  #account(account) {
    if (!account?.steps?.length) return [];
    const said = (/** @type {any} */ step) => [step.plain, ...step.lines, ...step.checks.map((/** @type {any} */ c) =>
      [c.what, c.recomputed, c.runtime, c.difference].filter(Boolean).join(' · '))].join(' ');
    return [make('h3', {}, account.head.title), make('p', {}, account.head.sentence),
      ...account.steps.flatMap((/** @type {any} */ step) => [make('h4', {}, step.title), make('p', {}, said(step))]), make('p', {}, account.note)];
  }

  /** @param {any} column */
  #column(column) {
    const { head, machine, tokens, prediction, masks, lens, leak, generation, attention, cost, measured, answers } = column;
    /** @type {Node[]} */
    const nodes = [make('h2', {}, head.title), make('p', {}, [head.sentence, head.switched, head.status, head.model, head.provider, head.facts].filter(Boolean).join(', '))];
    nodes.push(make('p', {}, this.#button(head.model_label, { type: head.shelf_open ? 'close_shelf' : 'open_shelf', seat: column.seat }),
      ...(head.back_label ? [this.#button(head.back_label, { type: 'load', seat: column.seat })] : [])));
    if (head.trouble) nodes.push(make('p', {}, `${head.trouble.title}: ${head.trouble.sentence}`));
    for (const panel of [tokens, prediction, masks, leak, generation, cost]) {
      if (panel?.head?.trouble) nodes.push(make('p', {}, `${panel.head.title}: ${panel.head.trouble.sentence}`));
    }
    if (machine?.stacks?.length) nodes.push(make('h3', {}, machine.head.title), make('p', {}, [...machine.stacks.map((/** @type {any} */ s) => `${s.title}, ${s.shape}`), machine.head.sentence].join('. ')));
    if (masks?.presets?.length) {
      nodes.push(make('h3', {}, masks.head.title), make('p', {}, masks.look), make('p', {}, ...masks.presets.map((/** @type {any} */ preset) =>
        this.#button(`${preset.choice.choice.label}: ${preset.refusal || preset.look}`, { type: 'set_switches', seat: column.seat, ...preset.choice.then }, masks.enabled && !preset.refusal))));
    }
    if (masks?.places?.length) nodes.push(make('p', {}, `${masks.before_label}: ${masks.answer_before}. ${masks.after_label}: ${masks.answer_after}`));
    for (const place of masks?.places ?? []) {
      nodes.push(make('p', {}, place.sentence), table(place.title, [masks.word_label, masks.before_label, masks.after_label, masks.rank_label],
        place.words.map((/** @type {any} */ word) => [word.display, word.before_text, word.after_text, word.rank_text])));
    }
    if (lens?.cells?.length) nodes.push(table(`${lens.head.title}: ${lens.head.sentence}`, ['', ...lens.columns.map((/** @type {any} */ c) => c.label)], lens.cells.map((/** @type {any[]} */ row, /** @type {number} */ i) => [lens.states[i], ...row.map((cell) => cell.word)])));
    for (const account of [column.weight_account, column.word_account]) nodes.push(...this.#account(account));
    for (const side of leak?.sides ?? []) nodes.push(make('h3', {}, `${leak.head.title}: ${side.title}`), make('p', {}, side.sentence));
    if (tokens?.pieces?.length) {
      nodes.push(make('h3', {}, `${tokens.head.title}: ${tokens.count}`));
      const list = (/** @type {any[]} */ pieces) => make('ol', {}, ...pieces.map((piece) => make('li', {}, `${piece.display}`)));
      nodes.push(list(tokens.pieces));
      if (tokens.output?.length) nodes.push(make('h4', {}, tokens.output_label), list(tokens.output));
    }
    if (prediction) {
      nodes.push(make('h3', {}, prediction.head.title), make('p', {}, [prediction.task_words, prediction.head.sentence, prediction.answer].filter(Boolean).join('. ')));
      for (const blank of prediction.blanks ?? []) {
        nodes.push(table(blank.title, ['', '%'], blank.bars.map((/** @type {any} */ bar) => [bar.display, bar.percent])));
      }
    }
    for (const map of attention ?? []) {
      nodes.push(make('h3', {}, `${map.head.title}, ${map.choice}`), make('p', {}, [map.shape_words, map.head.sentence, map.pointed?.sentence].filter(Boolean).join('. ')));
      const values = map.values ?? [];
      if (values.length && values.length <= 40) {
        const columns = map.column_labels.map((/** @type {any} */ label) => label.display);
        nodes.push(table(map.head.title, [map.rows_label ?? '', ...columns], values.map((/** @type {number[]} */ row, /** @type {number} */ i) =>
          [map.row_labels[i]?.display ?? '', ...row.map((value) => value.toFixed(3))])));
      }
    }
    if (generation) {
      nodes.push(make('h3', {}, generation.head.title), make('p', {}, [generation.state_words, generation.written].filter(Boolean).join(': ')));
      if (generation.steps?.length) nodes.push(make('ol', {}, ...generation.steps.filter((/** @type {any} */ s) => !s.future).map((/** @type {any} */ s) => make('li', {}, s.spoken))));
    }
    for (const sentence of measured?.sentences ?? []) nodes.push(make('p', {}, sentence));
    for (const run of measured?.runs ?? []) nodes.push(table(`${measured.head.title}: ${run.title}`, measured.columns, run.lines.map((/** @type {any} */ line) => line.cells)));
    if (answers?.length) {
      const said = (/** @type {any} */ cell) => [cell.verdict_words, cell.answer, cell.number, cell.reason, cell.trouble?.sentence, cell.status_words].filter(Boolean).join('. ');
      nodes.push(table(head.title, ['', ''], answers.map((/** @type {any} */ cell) => [cell.title, said(cell)])));
    }
    if (cost?.rows?.length) nodes.push(table(cost.head.title, ['', ''], cost.rows.map((/** @type {any} */ row) => [row.label, `${row.number} ${row.unit ?? ''}`])));
    return nodes;
  }
}
