/**
 * The shapes of filters, updates and keys: operators, kinds of value and of path, never a value. The commands
 * around them are shapes.ts's.
 */

/** A part of a command: an object whose keys are known only at run time. */
export type Fields = Readonly<Record<string, unknown>>;

const LOGICAL = new Set(['$and', '$or', '$nor']);

/** Whether a value is a document, not one of the classes of BSON. */
export function isFields(value: unknown): value is Fields {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

/** The document, or an empty one. The driver keeps what has an order, sorts and keys, in a Map. */
export function fieldsOf(value: unknown): Fields {
  if (value instanceof Map) return Object.fromEntries(value);
  return isFields(value) ? value : {};
}

/** The array, or an empty one. */
export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** The kind of a value, never the value. */
export function kindOf(value: unknown): string {
  if (value === null || value === undefined) return 'null';
  if (Array.isArray(value)) return 'array';
  if (typeof value !== 'object') return typeof value;
  if (value instanceof Uint8Array) return 'binary';
  if ('_bsontype' in value) return String(value._bsontype).toLowerCase();
  if (value instanceof Date) return 'date';
  // What is left goes over the wire as a document: mongoose's maps and nested documents too.
  return value instanceof RegExp ? 'regexp' : 'object';
}

/** How a field is named: the store must walk a dotted path, an array place or an array filter. */
function pathKind(path: string): string {
  if (path.includes('$[')) return ' at an array filter';
  if (path.split('.').includes('$')) return ' at the matched element';
  if (/(^|\.)\d+(\.|$)/.test(path)) return ' at an array index';
  return path.includes('.') ? ' on a dotted path' : '';
}

function hasOperators(value: unknown): value is Fields {
  return isFields(value) && Object.keys(value).some((key) => key.startsWith('$'));
}

function operatorShapes(operator: string, operand: unknown, path: string): string[] {
  if (operator === '$elemMatch') {
    const inner = hasOperators(operand) ? conditionShapes('', operand) : filterShapes(operand);
    return [`$elemMatch${path}`, ...inner.map((shape) => `$elemMatch > ${shape}`)];
  }
  if (operator === '$not') return conditionShapes('', operand).map((shape) => `$not > ${shape}`);
  if (Array.isArray(operand)) {
    return operand.length === 0
      ? [`${operator} nothing${path}`]
      : operand.map((value) => `${operator} ${kindOf(value)}${path}`);
  }
  const value = operator === '$exists' ? String(operand) : kindOf(operand);
  return [`${operator} ${value}${path}`];
}

function conditionShapes(field: string, condition: unknown): string[] {
  const path = pathKind(field);
  if (!hasOperators(condition)) return [`equals ${kindOf(condition)}${path}`];
  return Object.entries(condition).flatMap(([operator, operand]) => operatorShapes(operator, operand, path));
}

/** What a filter asks, one line for each condition. */
export function filterShapes(filter: unknown): string[] {
  return Object.entries(fieldsOf(filter)).flatMap(([key, value]) => {
    if (LOGICAL.has(key)) return [key, ...listOf(value).flatMap(filterShapes)];
    return key.startsWith('$') ? [`${key} ${kindOf(value)}`] : conditionShapes(key, value);
  });
}

function changeShapes(operator: string, field: string, value: unknown): string[] {
  const path = pathKind(field);
  if (operator === '$push' || operator === '$addToSet') {
    const modifiers = hasOperators(value) ? ` with ${Object.keys(value).sort().join(' ')}` : '';
    return [`${operator}${modifiers}${path}`];
  }
  if (operator === '$pull') {
    const how = hasOperators(value) ? conditionShapes('', value) : [kindOf(value)];
    const inner = isFields(value) && !hasOperators(value) ? filterShapes(value) : [];
    return [...how, ...inner].map((shape) => `$pull ${shape}${path}`);
  }
  const stores =
    operator === '$set' || operator === '$setOnInsert' || operator === '$min' || operator === '$max';
  return [`${operator}${stores ? ` ${kindOf(value)}` : ''}${path}`];
}

/** What an update changes, one line for each field. */
export function updateShapes(update: unknown): string[] {
  if (Array.isArray(update)) return [`pipeline: ${update.flatMap(Object.keys).join(' ')}`];
  const entries = Object.entries(fieldsOf(update));
  if (!entries.some(([key]) => key.startsWith('$'))) return ['replacement'];
  return entries.flatMap(([operator, fields]) =>
    Object.entries(fieldsOf(fields)).flatMap(([field, value]) => changeShapes(operator, field, value)),
  );
}

/** The fields of a sort, a projection or an index. */
export function keyShapes(fields: unknown): string[] {
  const entries = Object.entries(fieldsOf(fields));
  return [
    ...entries.map(([field, way]) => {
      const how = typeof way === 'object' ? Object.keys(fieldsOf(way)).join(' ') : String(way);
      return `${how}${pathKind(field)}`;
    }),
    ...(entries.length > 1 ? ['several fields'] : []),
  ];
}
