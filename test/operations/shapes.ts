/**
 * What a database command asks of the store, without its values: command, flags, stages, options, and the
 * filters and updates of conditions.ts. Listening to commands is record.ts's.
 */
import {
  type Fields,
  fieldsOf,
  filterShapes,
  isFields,
  keyShapes,
  kindOf,
  listOf,
  updateShapes,
} from './conditions.ts';

/** The protocol's own keys: the driver sends them with every command, whatever the code asks. */
const PROTOCOL_KEYS = new Set([
  'lsid',
  '$clusterTime',
  '$db',
  '$readPreference',
  'txnNumber',
  'startTransaction',
  'autocommit',
]);
/** Commands of the driver's own housekeeping. */
const HOUSEKEEPING = new Set(['hello', 'ismaster', 'isMaster', 'ping', 'endSessions', 'buildInfo']);
function storedKinds(value: unknown): string[] {
  if (Array.isArray(value)) return ['array', ...value.flatMap(storedKinds)];
  if (isFields(value)) return ['object', ...Object.values(value).flatMap(storedKinds)];
  return [kindOf(value)];
}

/** Every operator that an expression or a stage names, wherever it stands. */
function expressionOperators(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(expressionOperators);
  return Object.entries(fieldsOf(value)).flatMap(([key, inner]) => [
    ...(key.startsWith('$') ? [key] : []),
    ...expressionOperators(inner),
  ]);
}

function stageShapes(stage: unknown): string[] {
  return Object.entries(fieldsOf(stage)).flatMap(([name, body]) => {
    if (name === '$match') return ['stage $match', ...named('filter', filterShapes(body))];
    if (name === '$sort') return named('stage $sort', keyShapes(body));
    return [`stage ${name}`, ...named(`stage ${name}`, expressionOperators(body))];
  });
}

function named(prefix: string, shapes: readonly string[]): string[] {
  return shapes.map((shape) => `${prefix}: ${shape}`);
}

function flagged(name: string, flags: Fields): string {
  const set = Object.keys(flags).filter((flag) => flags[flag] === true);
  return set.length === 0 ? name : `${name} (${set.join(', ')})`;
}

function changeCommand(name: string, change: Fields, filterKey: string, updateKey: string): string[] {
  const { multi, upsert, remove, limit } = change;
  const filter = filterShapes(change[filterKey]);
  return [
    flagged(name, { multi, upsert, remove, one: limit === 1 }),
    ...named('filter', filter),
    ...(upsert === true ? named('upsert filter', filter) : []),
    ...(change[updateKey] === undefined ? [] : named('update', updateShapes(change[updateKey]))),
    ...optionShapes(name, change, [filterKey, updateKey, 'multi', 'upsert', 'remove', 'limit']),
  ];
}

function optionShapes(name: string, command: Fields, known: readonly string[]): string[] {
  return Object.entries(command)
    .filter(([key, value]) => !known.includes(key) && !PROTOCOL_KEYS.has(key) && value !== undefined)
    .flatMap(([key, value]) => {
      if (key === 'sort' || key === 'projection' || key === 'fields') {
        return named(`${name} ${key === 'fields' ? 'projection' : key}`, keyShapes(value));
      }
      if (typeof value === 'boolean') return value ? [`${name} option ${key}`] : [];
      return isFields(value)
        ? Object.keys(value).map((inner) => `${name} option ${key}.${inner}`)
        : [`${name} option ${key}`];
    });
}

function indexShapes(index: unknown): string[] {
  const { key, name: _name, ...options } = fieldsOf(index);
  return [
    ...named('index', keyShapes(key)),
    ...Object.entries(options).flatMap(([option, value]) =>
      option === 'partialFilterExpression'
        ? named('partial index', filterShapes(value))
        : [`index option ${option}${value === false ? ' off' : ''}`],
    ),
  ];
}

/** What is particular to each command; the rest is its name and its options. */
const BODIES: Readonly<Record<string, { keys: readonly string[]; shapes: (command: Fields) => string[] }>> = {
  find: { keys: ['filter'], shapes: ({ filter }) => named('filter', filterShapes(filter)) },
  count: { keys: ['query'], shapes: ({ query }) => named('filter', filterShapes(query)) },
  distinct: { keys: ['key', 'query'], shapes: ({ query }) => named('filter', filterShapes(query)) },
  insert: {
    keys: ['documents'],
    shapes: ({ documents }) => [
      ...(listOf(documents).length > 1 ? ['insert several'] : []),
      ...named('stores', listOf(documents).flatMap(storedKinds)),
    ],
  },
  update: {
    keys: ['updates'],
    shapes: ({ updates }) => [
      ...(listOf(updates).length > 1 ? ['update several'] : []),
      ...listOf(updates).flatMap((change) => changeCommand('update', fieldsOf(change), 'q', 'u')),
    ],
  },
  delete: {
    keys: ['deletes'],
    shapes: ({ deletes }) =>
      listOf(deletes).flatMap((one) => changeCommand('delete', fieldsOf(one), 'q', '')),
  },
  createIndexes: { keys: ['indexes'], shapes: ({ indexes }) => listOf(indexes).flatMap(indexShapes) },
  aggregate: {
    keys: ['pipeline', 'cursor'],
    shapes: ({ pipeline }) => listOf(pipeline).flatMap(stageShapes),
  },
  getMore: { keys: ['collection'], shapes: () => [] },
};

/**
 * Lists what a command asks of the store, each line once and in order; nothing for the driver's housekeeping.
 *
 * @param command the command as the driver sends it
 */
export function commandShapes(command: Fields): string[] {
  const name = Object.keys(command)[0];
  if (name === undefined || HOUSEKEEPING.has(name)) return [];
  if (name === 'findAndModify') {
    const { findAndModify: _collection, ...change } = command;
    return [...new Set(changeCommand(name, change, 'query', 'update'))].sort();
  }
  const body = BODIES[name] ?? { keys: [], shapes: () => [] };
  const options = optionShapes(name, command, [name, ...body.keys]);
  return [...new Set([name, ...body.shapes(command), ...options])].sort();
}
