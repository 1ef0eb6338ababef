/** How a method takes the place of another: which one stays until the new one has cooled off, and which one goes. */
import type { Act } from './act.ts';
import { freshProofs } from './permission.ts';
import type { Method, SecurityInfoRecord } from './record.ts';
import { findMethod } from './record.ts';

/** The record with the method in it; what it takes the place of stays until it has cooled off, unless that is lost. */
export function withMethod(
  act: Act,
  record: SecurityInfoRecord,
  replaces: string | null,
  method: Method,
): SecurityInfoRecord {
  if (replaces === null) return { ...record, methods: [...record.methods, method] };
  const line = new Set([replaces, ...predecessorsOf(record, replaces)]);
  // Proof of another verified method, or an admin's pass, says that the replaced one is lost: it undoes nothing. What
  // the replaced one has itself taken the place of is no other: a thief would replace twice, and leave no trace.
  const isLost = freshProofs(record, act.flow, act.now).some(
    ({ by, coolingOff, methodId }) =>
      !coolingOff && (by === 'access_pass' || (methodId !== null && !line.has(methodId))),
  );
  if (isLost) return { ...record, methods: [...record.methods.filter(({ id }) => !line.has(id)), method] };
  // One that is itself cooling off could undo nothing: it goes, and what it replaced is replaced by the new one.
  const gone = findMethod(record, replaces);
  const isDropped =
    gone !== undefined &&
    gone.coolingOffUntilAt !== null &&
    gone.coolingOffUntilAt > act.now &&
    line.size > 1;
  const methods = record.methods
    .filter(({ id }) => !(isDropped && id === replaces))
    .map((other) => {
      const isReplaced = other.id === replaces || (isDropped && other.replacedById === replaces);
      return isReplaced ? { ...other, replacedById: method.id } : other;
    });
  return { ...record, methods: [...methods, method] };
}

/** The ids of all that a method has taken the place of, directly or not. */
function predecessorsOf(record: SecurityInfoRecord, methodId: string): readonly string[] {
  return record.methods
    .filter(({ replacedById }) => replacedById === methodId)
    .flatMap(({ id }) => [id, ...predecessorsOf(record, id)]);
}
