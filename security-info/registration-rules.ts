/** What a draft must be to become a method: permitted, not one too many, and no address that is there already. */
import type { Act } from './act.ts';
import { InvalidInput, MethodLimitReached, MethodNotFound } from './errors.ts';
import { contractOf } from './methods/registry.ts';
import type { Grounds } from './permission.ts';
import { permitChange } from './permission.ts';
import type { Method, MethodType, SecurityInfoRecord } from './record.ts';
import { findMethod, isVerified } from './record.ts';
import type { OpenDraft } from './sealing.ts';
import { addressHash } from './sealing.ts';

/**
 * Whether this draft may become a method: asked before a code is sent, and again when it is proved.
 * @returns on what grounds
 * @throws {ProofRequired | MethodNotFound | MethodLimitReached | InvalidInput}
 */
export function checkRegistration(act: Act, record: SecurityInfoRecord, draft: OpenDraft): Grounds {
  const { replaces } = draft;
  const replaced = replaces === null ? undefined : findMethod(record, replaces);
  if (replaces !== null && (replaced === undefined || replaced.replacedById !== null))
    throw new MethodNotFound();
  const kind = replaced === undefined ? 'add' : 'replace';
  const grounds = permitChange(kind, draft.type, record, act.flow, act.policy, act.now);
  const { maximum } = contractOf(draft.type);
  const others = record.methods.filter(
    ({ type, id, replacedById }) => type === draft.type && id !== replaces && replacedById === null,
  );
  if (others.length >= maximum) throw new MethodLimitReached({ maximum });
  if (draft.address !== null) checkAddress(act, record, draft, draft.address);
  return grounds;
}

/** Neither one that is registered already, nor the office number, which proves nothing that the office could not. */
function checkAddress(act: Act, record: SecurityInfoRecord, draft: OpenDraft, address: string): void {
  const field = addressField(draft.type);
  const hash = addressHash(act.keys, draft.type, address);
  const same = record.methods.filter(
    (method) => method.addressHash === hash && method.replacedById === null && method.id !== draft.replaces,
  );
  if (same.some(isOffice)) throw new InvalidInput([{ field, code: 'office_number' }]);
  const twin = record.methods.find(
    (method) => method.type === draft.type && method.addressHash === hash && isVerified(method),
  );
  if (twin) throw new InvalidInput([{ field, code: 'already_registered' }]);
}

/** A line that the organisation owns. */
export function isOffice({ type }: Pick<Method, 'type'>): boolean {
  return !contractOf(type).isRegisteredByUser;
}

/** The field of a method's form that its address is typed into. */
export function addressField(type: MethodType): 'address' | 'number' {
  return contractOf(type).channels.includes('mail') ? 'address' : 'number';
}
