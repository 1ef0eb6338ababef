/** Updates: what the operators make of a document. Storing it is collection.ts's. */
import { compileFilter, hasOperators } from './filter.ts';
import { StoreError, unsupported } from './store-error.ts';
import { compareValues, type Doc, equalValues, isDoc, isPlace } from './values.ts';

/** A field that holds nothing, or a new value for it. */
type Next = { readonly value: unknown } | 'unset' | 'keep';
type Operator = (current: unknown, operand: unknown, path: string) => Next;

function pushed(current: unknown, path: string): unknown[] {
  if (current === undefined) return [];
  if (!Array.isArray(current)) throw new StoreError(2, `The field '${path}' must be an array`);
  return current;
}

/** The values of `$each`, or the one value. */
function eachOf(operand: unknown, allowed: readonly string[]): unknown[] {
  if (!isDoc(operand) || !Object.hasOwn(operand, '$each')) {
    if (hasOperators(operand)) throw unsupported(`${Object.keys(operand)[0]} without $each`);
    return [operand];
  }
  const other = Object.keys(operand).find((key) => key !== '$each' && !allowed.includes(key));
  if (other !== undefined) throw unsupported(`${other} beside $each`);
  if (!Array.isArray(operand['$each'])) throw new StoreError(2, '$each must be an array');
  return operand['$each'];
}

function sliced(values: unknown[], slice: unknown): unknown[] {
  if (slice === undefined) return values;
  if (typeof slice !== 'number' || !Number.isInteger(slice))
    throw new StoreError(2, '$slice must be an integer');
  return slice < 0 ? values.slice(slice) : values.slice(0, slice);
}

function isPulled(condition: unknown): (element: unknown) => boolean {
  if (hasOperators(condition)) {
    const test = compileFilter({ element: condition });
    return (element) => test({ element });
  }
  if (!isDoc(condition)) return (element) => equalValues(element, condition);
  const test = compileFilter(condition);
  return (element) => isDoc(element) && test(element);
}

function extreme(isNew: (order: number) => boolean): Operator {
  return (current, operand) =>
    current === undefined || isNew(compareValues(operand, current)) ? { value: operand } : 'keep';
}

const operators: Readonly<Record<string, Operator>> = {
  $set: (_, operand) => ({ value: operand }),
  $setOnInsert: (_, operand) => ({ value: operand }),
  $unset: () => 'unset',
  $min: extreme((order) => order < 0),
  $max: extreme((order) => order > 0),
  $inc: (current, operand, path) => {
    if (typeof operand !== 'number') throw new StoreError(14, `Cannot increment '${path}' with a non-number`);
    if (current === undefined) return { value: operand };
    if (typeof current !== 'number')
      throw new StoreError(14, `Cannot apply $inc to '${path}', which is no number`);
    const value = current + operand;
    if (Number.isInteger(value) && !Number.isSafeInteger(value)) throw unsupported('$inc past 2^53');
    return { value };
  },
  $push: (current, operand, path) => {
    const slice = isDoc(operand) && Object.hasOwn(operand, '$each') ? operand['$slice'] : undefined;
    return { value: sliced([...pushed(current, path), ...eachOf(operand, ['$slice'])], slice) };
  },
  $addToSet: (current, operand, path) => {
    const values = [...pushed(current, path)];
    for (const value of eachOf(operand, [])) {
      if (!values.some((present) => equalValues(present, value))) values.push(value);
    }
    return { value: values };
  },
  $pull: (current, operand, path) => {
    if (current === undefined) return 'keep';
    const test = isPulled(operand);
    return { value: pushed(current, path).filter((element) => !test(element)) };
  },
};

/** Walks to a path and puts there what the operator says; makes missing documents on the way unless it unsets. */
function change(root: Doc, path: string, operator: Operator, operand: unknown): void {
  const steps = path.split('.');
  const last = steps.pop() ?? '';
  let at: Doc | unknown[] = root;
  let made: (() => void) | undefined;
  for (const step of steps) {
    const next = read(at, step, path);
    if (isDoc(next) || Array.isArray(next)) {
      at = next;
    } else if (next !== undefined) {
      if (operators['$unset'] === operator || operators['$pull'] === operator) return;
      throw new StoreError(28, `Cannot create field in element of '${path}'`);
    } else {
      const parent: Doc | unknown[] = at;
      const child: Doc = {};
      const earlier = made;
      made = () => {
        earlier?.();
        write(parent, step, child);
      };
      at = child;
    }
  }
  const isUnset = operator === operators['$unset'];
  if (isUnset && Array.isArray(at) && !isPlace(last)) return;
  const next = operator(read(at, last, path), operand, path);
  if (next === 'keep') return;
  if (next !== 'unset') {
    made?.();
    write(at, last, next.value);
  } else if (Array.isArray(at)) {
    if (Number(last) < at.length) at[Number(last)] = null;
  } else {
    delete at[last];
  }
}

function read(parent: Doc | unknown[], step: string, path: string): unknown {
  if (!Array.isArray(parent)) return Object.hasOwn(parent, step) ? parent[step] : undefined;
  if (!isPlace(step)) throw new StoreError(28, `Cannot create field '${step}' in an array of '${path}'`);
  return parent[Number(step)];
}

function write(parent: Doc | unknown[], step: string, value: unknown): void {
  if (!Array.isArray(parent)) {
    // Not an assignment: `__proto__` is a name like any other here.
    Object.defineProperty(parent, step, { value, enumerable: true, configurable: true, writable: true });
    return;
  }
  const place = Number(step);
  while (parent.length < place) parent.push(null);
  parent[place] = value;
}

/** An update that was checked; `isReplacement` when it is a whole document. */
export interface Update {
  readonly isReplacement: boolean;
  /** Changes the document in place, or returns the one that replaces it. */
  apply(document: Doc, isInsert: boolean): Doc;
}

function checkPath(path: string): void {
  for (const step of path.split('.')) {
    if (step === '') throw new StoreError(56, `The update path '${path}' has an empty field name`);
    if (step.startsWith('$')) throw unsupported(`the positional path '${path}'`);
  }
}

/**
 * Checks and prepares an update.
 * @throws {StoreError} 9, 40, 56 for a malformed update, 115 for an operator that is not supported
 */
export function compileUpdate(update: unknown): Update {
  if (Array.isArray(update)) throw unsupported('update pipelines');
  if (!isDoc(update)) throw new StoreError(9, 'the update must be a document');
  if (!hasOperators(update)) {
    if (Object.keys(update).some((key) => key.startsWith('$'))) {
      throw new StoreError(52, 'a replacement document has a field that starts with $');
    }
    return { isReplacement: true, apply: () => structuredCopy(update) };
  }
  const changes = Object.entries(update).flatMap(([name, fields]) => {
    const operator = Object.hasOwn(operators, name) ? operators[name] : undefined;
    if (operator === undefined) {
      throw name.startsWith('$')
        ? unsupported(`the update operator ${name}`)
        : new StoreError(9, `Unknown modifier: ${name}`);
    }
    if (!isDoc(fields)) throw new StoreError(9, `Modifiers operate on fields but ${name} has none`);
    return Object.entries(fields).map(([path, operand]) => ({ name, operator, path, operand }));
  });
  changes.sort((a, b) => (a.path < b.path ? -1 : 1));
  for (const [place, { path }] of changes.entries()) {
    checkPath(path);
    const other = changes.find(
      (one, at) => at !== place && (one.path === path || one.path.startsWith(`${path}.`)),
    );
    if (other !== undefined) {
      throw new StoreError(40, `Updating the path '${other.path}' would create a conflict at '${path}'`);
    }
  }
  return {
    isReplacement: false,
    apply: (document, isInsert) => {
      for (const { name, operator, path, operand } of changes) {
        if (name !== '$setOnInsert' || isInsert) change(document, path, operator, structuredCopy(operand));
      }
      return document;
    },
  };
}

/** A copy down to BSON's own values, so that no two documents share an array. */
function structuredCopy<Value>(value: Value): Value;
function structuredCopy(value: unknown): unknown {
  if (Array.isArray(value)) return value.map((element: unknown) => structuredCopy(element));
  if (!isDoc(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, field]) => [name, structuredCopy(field)]));
}
