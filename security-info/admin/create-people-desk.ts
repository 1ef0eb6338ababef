/** The PeopleDesk on the ports: each change is one transition with its event in the same write. */
import { randomUUID } from 'node:crypto';
import { accessPassHash, generateAccessPass } from '../access-pass.ts';
import { effectivePolicy } from '../effective-policy.ts';
import { ChangedMeanwhile, PersonNotFound } from '../errors.ts';
import { type SenderPorts, subjectOf } from '../operations/situation.ts';
import type { EffectivePolicy } from '../policy.ts';
import type { Account, Ports, Transition } from '../ports.ts';
import type { SecurityInfoRecord } from '../record.ts';
import { passwordThrottleKeys } from '../throttles.ts';
import { markByAdmin, unmarkByAdmin } from '../transitions/by-admin/mark.ts';
import { removeByAdmin } from '../transitions/by-admin/remove.ts';
import { requireRegistration } from '../transitions/by-admin/require-registration.ts';
import { revokeAccessPass } from '../transitions/by-admin/revoke-access-pass.ts';
import { extendSnooze } from '../transitions/extend-snooze.ts';
import { issueAccessPass } from '../transitions/issue-access-pass.ts';
import { prefill } from '../transitions/prefill.ts';
import { unlockProofs } from '../transitions/unlock.ts';
import { accountEvent, adminEvent } from './acting-admin.ts';
import { setExcluded } from './exclusion.ts';
import type { AdminErrand, PeopleDesk } from './people-desk.ts';
import { clearMethods, personView, tagOf } from './person.ts';
import { readPrefilled } from './prefilling.ts';

const hourMilliseconds = 3_600_000;
const dayMilliseconds = 86_400_000;

/** What the desk works on. */
export type PeoplePorts = SenderPorts &
  Pick<Ports, 'clock' | 'directory' | 'eventLog' | 'keys' | 'policies' | 'records' | 'throttles'>;

/** Makes the desk. @param published as for every desk: told after a write that may have left events */
export function createPeopleDesk(
  ports: PeoplePorts,
  { published }: { readonly published: (accountId: string) => void },
): PeopleDesk {
  const { clock, directory, keys, policies, records } = ports;

  async function personOf(accountId: string): Promise<{ account: Account; policy: EffectivePolicy }> {
    const [account, set] = await Promise.all([directory.findById(accountId), policies.latest()]);
    if (account === undefined) throw new PersonNotFound();
    return { account, policy: effectivePolicy(set, subjectOf(account)) };
  }

  /** Changes the record of an errand, as long as it is what the admin saw. */
  async function change<Result>(
    { accountId, expectedTag = null }: AdminErrand,
    transition: Transition<SecurityInfoRecord, Result>,
  ): Promise<Result> {
    const result = await records.change(accountId, (record) =>
      expectedTag !== null && tagOf(record) !== expectedTag
        ? { refusal: new ChangedMeanwhile() }
        : transition(record),
    );
    published(accountId);
    return result;
  }

  async function takeOut(errand: AdminErrand, methodId: string, isLost: boolean): Promise<void> {
    const { account, policy } = await personOf(errand.accountId);
    const now = clock.now();
    const event = adminEvent(errand.by, isLost ? 'method_lost' : 'method_removed', now, {
      accountId: account.id,
    });
    await change(errand, removeByAdmin({ account, policy, keys, now, methodId, isLost }, event));
  }

  return {
    async read(accountId) {
      const [account, record, set] = await Promise.all([
        directory.findById(accountId),
        records.read(accountId),
        policies.latest(),
      ]);
      if (account === undefined) throw new PersonNotFound();
      return personView({ account, record, policies: set, keys, senders: ports, now: clock.now() });
    },

    async readMethods(by, accountId) {
      const { account } = await personOf(accountId);
      const record = await records.read(account.id);
      await ports.eventLog.insert([adminEvent(by, 'method_address_read', clock.now(), { accountId })]);
      return clearMethods(keys, record);
    },

    async prefill(errand, { type, address: typed, country }) {
      const { account, policy } = await personOf(errand.accountId);
      const ownEmailDomains = await directory.ownEmailDomains();
      const address = readPrefilled({ account, policy, ownEmailDomains, type, address: typed, country });
      const now = clock.now();
      const methodId = randomUUID();
      const event = adminEvent(errand.by, 'method_prefilled', now, { accountId: account.id });
      const isChanged = await change(
        errand,
        prefill({ account, policy, keys, now, methodId, type, address }, event),
      );
      if (isChanged) return { methodId, isChanged };
      const there = clearMethods(keys, await records.read(account.id)).find(
        (method) => method.type === type && method.address === address,
      );
      return { methodId: there?.id ?? methodId, isChanged };
    },

    removeMethod: (errand, methodId) => takeOut(errand, methodId, false),
    reportLost: (errand, methodId) => takeOut(errand, methodId, true),

    async requireRegistration(errand) {
      const { account, policy } = await personOf(errand.accountId);
      const now = clock.now();
      const event = accountEvent(errand.by, 'registration_required_again', now, account, keys);
      return change(errand, requireRegistration(policy, event, now));
    },

    async requireReconfirmation(errand) {
      const { account } = await personOf(errand.accountId);
      const now = clock.now();
      const about = { reason: 'admin' };
      const event = accountEvent(errand.by, 'reconfirmation_marked', now, account, keys, about);
      await change(errand, markByAdmin(event, now));
    },

    async cancelReconfirmation(errand) {
      const { account } = await personOf(errand.accountId);
      const event = adminEvent(errand.by, 'reconfirmation_unmarked', clock.now(), { accountId: account.id });
      return change(errand, unmarkByAdmin(event));
    },

    async issueAccessPass(errand, hours) {
      const { account } = await personOf(errand.accountId);
      const accessPass = generateAccessPass();
      const passHash = accessPassHash(keys, accessPass);
      if (passHash === undefined) throw new TypeError('the pass that was made is none');
      const issuedAt = clock.now();
      const expiresAt = new Date(issuedAt.getTime() + hours * hourMilliseconds);
      const event = accountEvent(errand.by, 'access_pass_issued', issuedAt, account, keys);
      await change(errand, issueAccessPass({ passHash, issuedAt, expiresAt, usedByFlowId: null }, event));
      return { accessPass, expiresAt };
    },

    async revokeAccessPass(errand) {
      const { account } = await personOf(errand.accountId);
      const now = clock.now();
      const event = accountEvent(errand.by, 'access_pass_revoked', now, account, keys);
      return change(errand, revokeAccessPass(event, now));
    },

    async unlock(errand) {
      const { account } = await personOf(errand.accountId);
      const event = accountEvent(errand.by, 'account_unlocked', clock.now(), account, keys);
      // The record first: it refuses where the admin has not seen what is there now.
      await change(errand, unlockProofs(event));
      await directory.unlock(account.id);
      for (const key of passwordThrottleKeys(account.loginName)) await ports.throttles.reset(key);
    },

    async grantSnooze(errand, { times, days }) {
      const { account, policy } = await personOf(errand.accountId);
      const now = clock.now();
      const event = accountEvent(errand.by, 'snooze_extended', now, account, keys);
      const deadlineAt = new Date(now.getTime() + days * dayMilliseconds);
      const ofPolicy = policy.snoozes > 0 ? policy.snoozeWithinDays : 0;
      const policyDeadlineAt = new Date(now.getTime() + ofPolicy * dayMilliseconds);
      await change(errand, extendSnooze({ times, deadlineAt, policyDeadlineAt }, event));
    },

    async setExcluded(errand, isExcluded) {
      const { account } = await personOf(errand.accountId);
      return setExcluded(ports, errand.by, account.id, isExcluded);
    },
  };
}
