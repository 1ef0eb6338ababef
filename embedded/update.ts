/** Updates: what the operators make of a document. Storing it is collection.ts's. */
import { compileFilter, hasOperators } from './filter.ts';
import { StoreError, unsupported } from './store-error.ts';
import { type Doc, equalValues, isDoc, isPlace, isWideNumber, typeOrder } from './values.ts';

/** A field's new value; nothing when it is to go, or was not there and stays so. */
type Operator = (current: unknown, operand: unknown, path: string) => { readonly value: unknown } | undefined;

function arrayAt(current: unknown, path: string): unknown[] {
  if (current === undefined) return [];
  if (!Array.isArray(current)) throw new StoreError(2, `The field '${path}' must be an array`);
  return current;
}

/** The values of `$each`, or the one value. */
function pushed(operand: unknown): unknown[] {
  if (!hasOperators(operand)) return [operand];
  const { $each: values, ...others } = operand;
  const [other] = Object.keys(others);
  if (other !== undefined) throw unsupported(`${other} in $push`);
  if (!Array.isArray(values)) throw new StoreError(2, '$each must be an array');
  return values;
}

function isPulled(condition: unknown): (element: unknown) => boolean {
  if (!isDoc(condition)) {
    // Refuses what cannot be compared before there is anything to compare.
    typeOrder(condition);
    return (element) => equalValues(element, condition);
  }
  if (!hasOperators(condition)) {
    const test = compileFilter(condition);
    return (element) => isDoc(element) && test(element);
  }
  const test = compileFilter({ element: condition });
  return (element) => test({ element });
}

const operators: Readonly<Record<string, Operator>> = {
  $set: (_, operand) => ({ value: operand }),
  $setOnInsert: (_, operand) => ({ value: operand }),
  $unset: () => undefined,
  $inc: (current, operand, path) => {
    if (isWideNumber(operand) || isWideNumber(current)) throw unsupported('$inc past 2^53 or of decimals');
    if (typeof operand !== 'number') throw new StoreError(14, `Cannot increment '${path}' with a non-number`);
    if (current === undefined) return { value: operand };
    if (typeof current !== 'number')
      throw new StoreError(14, `Cannot increment '${path}', which is no number`);
    const value = current + operand;
    if (Number.isInteger(value) && !Number.isSafeInteger(value)) {
      throw unsupported('$inc past 2^53 or of decimals');
    }
    return { value };
  },
  $push: (current, operand, path) => ({ value: [...arrayAt(current, path), ...pushed(operand)] }),
  $pull: (current, operand, path) => {
    if (current === undefined) return undefined;
    const test = isPulled(operand);
    return { value: arrayAt(current, path).filter((element) => !test(element)) };
  },
};
/** Refusals of an operand that need no document to be found first. */
const checks: Readonly<Record<string, (operand: unknown) => unknown>> = { $push: pushed, $pull: isPulled };
/** These leave alone what is not there. */
const removing = ['$unset', '$pull'];

/** Walks to a path and puts there what the operator says; makes missing documents on the way. */
function change(root: Doc, { name, path, operand }: Change): void {
  const steps = path.split('.');
  const last = steps.pop() ?? '';
  let at = root;
  for (const step of steps) {
    let next = Object.hasOwn(at, step) ? at[step] : undefined;
    if (!isDoc(next)) {
      if (removing.includes(name)) return;
      if (next !== undefined) throw new StoreError(28, `Cannot create a field in '${step}' of '${path}'`);
      next = put(at, step, {});
    }
    if (isDoc(next)) at = next;
  }
  const current = Object.hasOwn(at, last) ? at[last] : undefined;
  const next = operators[name]?.(current, operand, path);
  if (next !== undefined) put(at, last, next.value);
  else delete at[last];
}

/** Not an assignment: `__proto__` is a name like any other here. */
function put(parent: Doc, name: string, value: unknown): unknown {
  Object.defineProperty(parent, name, { value, enumerable: true, configurable: true, writable: true });
  return value;
}

/** An update that was checked; `isReplacement` when it is a whole document. */
export interface Update {
  readonly isReplacement: boolean;
  /** Changes the document in place and returns it, or returns the one that replaces it. */
  apply(document: Doc, isInsert: boolean): Doc;
}

interface Change {
  readonly name: string;
  readonly path: string;
  readonly operand: unknown;
}

function checkPath(path: string): void {
  for (const step of path.split('.')) {
    if (step === '') throw new StoreError(56, `The update path '${path}' has an empty field name`);
    if (step.startsWith('$') || isPlace(step)) throw unsupported(`the positional path '${path}'`);
  }
}

/**
 * Checks and prepares an update.
 * @throws {StoreError} 9, 40, 52, 56 for a malformed update, 115 for an operator that is not supported
 */
export function compileUpdate(update: unknown): Update {
  if (Array.isArray(update)) throw unsupported('update pipelines');
  if (!isDoc(update)) throw new StoreError(9, 'the update must be a document');
  if (!hasOperators(update)) {
    if (Object.keys(update).some((key) => key.startsWith('$'))) {
      throw new StoreError(52, 'a replacement document has a field that starts with $');
    }
    return { isReplacement: true, apply: () => copy(update) };
  }
  const changes = Object.entries(update).flatMap(([name, fields]): Change[] => {
    if (!Object.hasOwn(operators, name)) {
      throw name.startsWith('$')
        ? unsupported(`the update operator ${name}`)
        : new StoreError(9, `Unknown modifier: ${name}`);
    }
    if (!isDoc(fields)) throw new StoreError(9, `Modifiers operate on fields but ${name} has none`);
    return Object.entries(fields).map(([path, operand]) => ({ name, path, operand }));
  });
  // MongoDB adds new fields in the order of their names.
  changes.sort((a, b) => (a.path < b.path ? -1 : 1));
  for (const one of changes) {
    checkPath(one.path);
    checks[one.name]?.(one.operand);
    if (changes.some((other) => other !== one && `${other.path}.`.startsWith(`${one.path}.`))) {
      throw new StoreError(40, `Updating the path '${one.path}' would create a conflict`);
    }
  }
  return {
    isReplacement: false,
    apply: (document, isInsert) => {
      for (const one of changes) {
        if (one.name !== '$setOnInsert' || isInsert) change(document, { ...one, operand: copy(one.operand) });
      }
      return document;
    },
  };
}

/** A copy down to BSON's own values, so that no two documents share an array. */
function copy<Value>(value: Value): Value;
function copy(value: unknown): unknown {
  if (Array.isArray(value)) return value.map((element: unknown) => copy(element));
  if (!isDoc(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, field]) => [name, copy(field)]));
}
