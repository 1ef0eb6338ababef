/** The OwnDesk: what the user's own page asks of the domain, on the ports. */
import { eventOf, ownMailbox } from '../act.ts';
import type { OwnDesk } from '../own-desk.ts';
import { adminProof } from '../permission.ts';
import type { Ports } from '../ports.ts';
import { changeCredentials } from '../transitions/change-credentials.ts';
import { nameMethod } from '../transitions/name-method.ts';
import { preferMethod, stopPreferring } from '../transitions/prefer-method.ts';
import { createPasswordChange } from './change-password.ts';
import { type DeskOptions, type DeskParts, situationOf } from './situation.ts';

/** How much of what happened is shown. */
const recentEntries = 20;

/** Makes the OwnDesk. */
export function createOwnDesk(ports: Ports, options: DeskOptions): OwnDesk {
  const parts: DeskParts = { ...options, ports };
  const { records } = ports;
  return {
    ...createPasswordChange(parts),

    async nameMethod(visit, methodId, name) {
      const { act } = await situationOf(parts, visit);
      await records.change(visit.account.id, nameMethod(act, methodId, name));
      parts.published(visit.account.id);
    },

    async preferMethod(visit, methodId) {
      const { act } = await situationOf(parts, visit);
      await records.change(visit.account.id, preferMethod(act, methodId));
      parts.published(visit.account.id);
    },

    async adminProofAt(visit) {
      const { act } = await situationOf(parts, visit);
      const record = await records.read(visit.account.id);
      return adminProof(record, act.flow, act.policy, act.now)?.at ?? null;
    },

    async stopPreferring(visit, methodId) {
      const { act } = await situationOf(parts, visit);
      await records.change(visit.account.id, stopPreferring(act, methodId));
      parts.published(visit.account.id);
    },

    async recentActivity({ account }) {
      // What was done a moment ago may wait in the record still.
      await records.drainEvents(account.id, 1);
      return ports.activity.recent(account.id, recentEntries);
    },

    async signOutElsewhere(visit) {
      const { act } = await situationOf(parts, visit);
      const event = eventOf(act, 'signed_out_elsewhere', { tell: ownMailbox(visit.account) });
      const signedInAt = await records.change(visit.account.id, changeCredentials(act.now, [event]));
      parts.published(visit.account.id);
      return { signedInAt };
    },
  };
}
