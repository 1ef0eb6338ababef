/**
 * A change of the methods is undone by whoever was told of it: what is cooling off goes, what it replaced comes back,
 * and everybody is signed out. The code is judged in the same write, so that nothing else can come in between.
 */
import type { Act } from '../act.ts';
import { eventOf, everyKnownAddress } from '../act.ts';
import { WrongCode } from '../errors.ts';
import type { Transition } from '../ports.ts';
import type { Method, SecurityInfoRecord } from '../record.ts';
import { settle } from '../settle.ts';
import { isUndoCode } from '../undo-code.ts';
import { changeCredentials } from './change-credentials.ts';

/**
 * Undoes the change that the code names. What has taken the undone method's place since goes with it: a thief would
 * replace twice. Refuses with `wrong_code` where the code names nothing that is cooling off.
 */
export function undoChange(
  act: Pick<Act, 'account' | 'asker' | 'keys' | 'policy' | 'now'>,
  typed: string,
): Transition<SecurityInfoRecord, void> {
  return (record) => {
    const undone = record.methods.find(
      ({ id, coolingOffUntilAt }) =>
        coolingOffUntilAt !== null &&
        coolingOffUntilAt > act.now &&
        isUndoCode(act.keys, record.accountId, id, typed),
    );
    if (undone === undefined) return { refusal: new WrongCode() };
    const gone = new Set(lineFrom(record, undone));
    const methods = record.methods
      .filter(({ id }) => !gone.has(id))
      .map((method) =>
        method.replacedById !== null && gone.has(method.replacedById)
          ? { ...method, replacedById: null }
          : method,
      );
    const tell = everyKnownAddress(act, record);
    const event = eventOf(act, 'method_change_undone', { methodType: undone.type, tell });
    const settled = settle(
      { ...record, methods, firstMethodAt: record.firstMethodAt ?? act.now },
      act.policy,
      act.now,
    );
    const changed = changeCredentials(act.now, [event])(settled);
    return 'next' in changed ? { ...changed, result: undefined } : { refusal: new WrongCode() };
  };
}

/** The ids of a method and of all that has taken its place since, one after another. */
function lineFrom({ methods }: SecurityInfoRecord, first: Method): readonly string[] {
  const line: string[] = [];
  for (let at: Method | undefined = first; at !== undefined && !line.includes(at.id); ) {
    line.push(at.id);
    const { replacedById }: Method = at;
    at = methods.find(({ id }) => id === replacedById);
  }
  return line;
}
