// What the tests put into the page, or find there: their callbacks run in the browser, but are type-checked here.
declare var rt: any;
declare var trilens: any;
interface Window { rt: any; trilens: any; TRILENS_DETAIL?: boolean }
