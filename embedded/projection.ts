/** Projections: which fields of a document a reply carries. */
import { StoreError, unsupported } from './store-error.ts';
import { type Doc, isDoc } from './values.ts';

/** The named fields: `true` for the whole field, a tree for some of its own. */
type Tree = Map<string, Tree | true>;

function add(tree: Tree, path: string): void {
  const steps = path.split('.');
  const last = steps.pop() ?? '';
  let at = tree;
  for (const step of steps) {
    const next = at.get(step) ?? new Map();
    if (next === true) throw new StoreError(31249, `Path collision at ${path}`);
    at.set(step, next);
    at = next;
  }
  if (at.has(last)) throw new StoreError(31249, `Path collision at ${path}`);
  at.set(last, true);
}

function include(value: Doc, tree: Tree): Doc {
  const kept = Object.entries(value).flatMap(([name, field]): [string, unknown][] => {
    const part = tree.get(name);
    if (part === undefined) return [];
    if (part === true) return [[name, field]];
    if (isDoc(field)) return [[name, include(field, part)]];
    return Array.isArray(field) ? [[name, includeEach(field, part)]] : [];
  });
  return Object.fromEntries(kept);
}

/** Elements that are no documents have none of the wanted fields. */
function includeEach(values: readonly unknown[], tree: Tree): unknown[] {
  return values.flatMap((value) =>
    isDoc(value) ? [include(value, tree)] : Array.isArray(value) ? [includeEach(value, tree)] : [],
  );
}

function exclude(value: unknown, tree: Tree): unknown {
  if (Array.isArray(value)) return value.map((element) => exclude(element, tree));
  if (!isDoc(value)) return value;
  const kept = Object.entries(value).flatMap(([name, field]): [string, unknown][] => {
    const part = tree.get(name);
    if (part === true) return [];
    return [[name, part === undefined ? field : exclude(field, part)]];
  });
  return Object.fromEntries(kept);
}

function isWanted(path: string, value: unknown): boolean {
  if (typeof value === 'boolean') return value;
  if (typeof value === 'number') return value !== 0;
  throw unsupported(`a projection of ${path} by an expression`);
}

/**
 * Makes the function that projects documents.
 * @throws {StoreError} 31249, 31254 for a malformed projection, 115 for expressions
 */
export function compileProjection(spec: Doc): (document: Doc) => Doc {
  const fields = Object.entries(spec).map(([path, value]) => ({ path, isWanted: isWanted(path, value) }));
  if (fields.some(({ path }) => path.split('.').some((step) => step === '' || step.startsWith('$')))) {
    throw unsupported('positional projections');
  }
  const id = fields.find(({ path }) => path === '_id');
  const others = fields.filter(({ path }) => path !== '_id');
  const isInclusion = others[0]?.isWanted ?? id?.isWanted ?? false;
  if (others.some((field) => field.isWanted !== isInclusion)) {
    throw new StoreError(31254, 'Cannot mix inclusion and exclusion in a projection');
  }
  const tree: Tree = new Map();
  for (const { path } of others) add(tree, path);
  if (isInclusion) {
    if (id?.isWanted !== false && !tree.has('_id')) tree.set('_id', true);
    return (document) => include(document, tree);
  }
  if (id?.isWanted === false) tree.set('_id', true);
  return (document) => {
    const kept = exclude(document, tree);
    return isDoc(kept) ? kept : {};
  };
}
