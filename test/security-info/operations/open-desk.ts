/** The Desk and the SignInDesk on real stores, with a clock that the test moves, accounts in memory and a mail sender that keeps what it sends. */
import { generateSync } from 'otplib';
import { createAnswerHasher } from '../../../models/answer-hash.ts';
import type { Stores } from '../../../models/stores.ts';
import type { Desk, DraftView, SignInDesk, Visit } from '../../../security-info/desk.ts';
import { SecurityInfoError, SenderUnavailable } from '../../../security-info/errors.ts';
import { createDesk } from '../../../security-info/operations/create-desk.ts';
import { createSignInDesk } from '../../../security-info/operations/create-sign-in-desk.ts';
import { defaultPolicy, type Policy } from '../../../security-info/policy.ts';
import type {
  Account,
  AccountDirectory,
  MailMessage,
  PhoneMessage,
  Ports,
} from '../../../security-info/ports.ts';
import type { MethodType, SecurityInfoRecord } from '../../../security-info/record.ts';
import { openModels, type TestModels } from '../../models/open-models.ts';
import { ada } from '../sample-record.ts';

/** The password of every account here, until it is changed. */
export const password = 'correct horse battery';

/** Everything an operation's test needs. */
export interface TestDesk {
  readonly models: TestModels;
  readonly desk: Desk;
  readonly signInDesk: SignInDesk;
  readonly sent: MailMessage[];
  /** What went to telephones, with how. */
  readonly toPhones: { readonly channel: 'sms' | 'voice'; readonly message: PhoneMessage }[];
  readonly mail: { isDown: boolean };
  /** Of SMS and calls; `answer` is what it does with each message before it is delivered, where a test says so. */
  readonly gateway: { isDown: boolean; answer?: (message: PhoneMessage) => Promise<void> };
  readonly accounts: Map<string, Account>;
  readonly passwords: Map<string, string>;
  /** Accounts that their directory has locked. */
  readonly locked: Set<string>;
  /** All ports: these stores, and the accounts and senders of this desk. */
  portsOn(stores: Stores): Ports;
  /** Another desk on the same accounts and senders, with these ports in the place of its own. */
  deskWith(ports: Partial<Ports>): Desk;
  /** Somebody in the middle of a sign-in; each name is a sign-in of its own. */
  visit(signIn?: string, accountId?: string): Visit;
  setPolicy(fields: Partial<Policy>): Promise<void>;
  read(accountId?: string): Promise<SecurityInfoRecord>;
  /** The code in the newest mail, SMS or call to this address. */
  codeTo(address: string): string;
  /** Registers an address, from the form to the proof. */
  registerEmail(visit: Visit, address?: string, replaces?: string | null): Promise<void>;
  /** Registers an app, and answers with its secret. */
  registerApp(visit: Visit, replaces?: string | null): Promise<string>;
  /** What an app with this secret shows now. */
  appCode(secret: string): string;
  /** Proves the method of this type, the app by its secret. */
  proveEmail(visit: Visit): Promise<void>;
  methodId(type: MethodType, accountId?: string): Promise<string>;
  /** Types of the events of an account, from the record and the log, sorted. */
  eventTypes(): Promise<string[]>;
}

/** Opens desks on an empty database. Close the models afterwards. */
export async function openDesk(): Promise<TestDesk> {
  const models = await openModels();
  const sent: MailMessage[] = [];
  const toPhones: TestDesk['toPhones'] = [];
  const mail = { isDown: false };
  const gateway: TestDesk['gateway'] = { isDown: false };
  const phone = (channel: 'sms' | 'voice'): Ports['sms'] => ({
    isAvailable: true,
    send: async (message) => {
      if (gateway.isDown) throw new SenderUnavailable();
      await gateway.answer?.(message);
      toPhones.push({ channel, message });
    },
  });
  const accounts = new Map([
    ['ada', ada()],
    ['bob', ada({ id: 'bob', loginName: 'bob', displayName: 'Bob', mailbox: 'bob@work.example' })],
  ]);
  const passwords = new Map([...accounts.keys()].map((id) => [id, password]));
  const locked = new Set<string>();
  const directory: AccountDirectory = {
    findById: async (id) => accounts.get(id),
    findByLoginName: async (name) =>
      [...accounts.values()].find(({ loginName }) => loginName === name.trim().toLowerCase()),
    list: async () => ({ accounts: [...accounts.values()], nextCursor: null }),
    ownEmailDomains: async () => ['work.example'],
    checkPassword: async (account, typed) =>
      account !== undefined && !account.isDisabled && passwords.get(account.id) === typed,
    setPassword: async (id, next, { mustChange }) => {
      passwords.set(id, next);
      const account = accounts.get(id);
      if (account) {
        const passwordChangedAt = models.clock.now();
        accounts.set(id, { ...account, mustChangePassword: mustChange, passwordChangedAt });
      }
    },
    unlock: async (id) => void locked.delete(id),
    isLocked: async (id) => locked.has(id),
    listAdmins: async () => [...accounts.values()].filter(({ isAdmin }) => isAdmin),
  };
  const portsOn = (stores: Stores): Ports => ({
    ...stores,
    clock: models.clock,
    keys: models.keys,
    directory,
    mail: {
      isAvailable: true,
      send: async (message) => {
        if (mail.isDown) throw new SenderUnavailable();
        sent.push(message);
      },
    },
    sms: phone('sms'),
    voice: phone('voice'),
    // As cheap as can be: what an answer costs is not these tests' matter.
    answerHasher: createAnswerHasher({ memoryKib: 1024, passes: 1 }),
  });
  const ports = portsOn(models);
  const options = {
    serviceName: 'Example Sign-in',
    published: () => undefined,
    questionWords: () => [],
  };
  const desk = createDesk(ports, options);

  const appCode = (secret: string): string =>
    generateSync({ secret, epoch: Math.floor(models.clock.now().getTime() / 1000) });

  const codeTo = (address: string): string => {
    const messages = [...sent, ...toPhones.map(({ message }) => message)];
    const message = messages.findLast((one) => one.kind === 'code' && one.to === address);
    if (message?.kind !== 'code') throw new Error('no code was sent there');
    return message.code;
  };

  const read = (accountId = 'ada') => models.records.read(accountId);

  async function methodId(type: MethodType, accountId = 'ada'): Promise<string> {
    const { methods } = await read(accountId);
    const found = methods.find((method) => method.type === type && method.replacedById === null);
    if (!found) throw new Error(`no ${type} is registered`);
    return found.id;
  }

  return {
    models,
    desk,
    signInDesk: createSignInDesk(ports, options),
    sent,
    toPhones,
    mail,
    gateway,
    accounts,
    passwords,
    locked,
    portsOn,
    deskWith: (others) => createDesk({ ...ports, ...others }, options),
    appCode,
    codeTo,
    read,
    methodId,

    visit(signIn = 'sign-in', accountId = 'ada') {
      const account = accounts.get(accountId);
      if (!account) throw new Error(`no account ${accountId}`);
      return {
        account,
        asker: { caller: 'signed_in', callerAddress: '192.0.2.1', clientId: 'app', locale: 'en' },
        flowKey: `${signIn}:${accountId}`,
        client: { clientId: 'app', isExempt: false },
      };
    },

    async setPolicy(fields) {
      const { version } = (await models.policies.latest()).defaultPolicy;
      await models.policies.save({ ...defaultPolicy(), ...fields, version }, version, []);
    },

    async registerEmail(visit, address = 'ada@home.example', replaces = null) {
      const draft = await desk.beginRegistration(visit, 'email', { address }, replaces);
      await desk.finishRegistration(visit, 'email', draft.id, codeTo(address));
    },

    async registerApp(visit, replaces = null) {
      const draft = await desk.beginRegistration(visit, 'authenticator_app', {}, replaces);
      const secret = secretOf(draft);
      await desk.finishRegistration(visit, 'authenticator_app', draft.id, appCode(secret));
      return secret;
    },

    async proveEmail(visit) {
      const id = await methodId('email', visit.account.id);
      const already = sent.length;
      await desk.sendProofCode(visit, id);
      const message = sent[already];
      if (message?.kind !== 'code') throw new Error('no code was sent');
      await desk.prove(visit, id, message.code);
    },

    async eventTypes() {
      while ((await models.records.drainEvents(null, 100)) > 0);
      const events = await models.connection.collection('audit_events').find().toArray();
      return events.map(({ type }) => String(type)).sort();
    },
  };
}

/** The key that an app is set up with. */
export function secretOf(draft: DraftView): string {
  if (draft.setup === null) throw new Error('this draft has no secret');
  return draft.setup.key;
}

/** The code of the refusal, or 'done'. */
export async function outcomeOf(action: Promise<unknown>): Promise<string> {
  try {
    await action;
    return 'done';
  } catch (error) {
    if (!(error instanceof SecurityInfoError)) throw error;
    return error.code;
  }
}

/** How often each outcome came out of so many tries at once. */
export async function tally(
  times: number,
  action: (index: number) => Promise<unknown>,
): Promise<Record<string, number>> {
  const outcomes = await Promise.all(Array.from({ length: times }, (_, index) => outcomeOf(action(index))));
  const counts: Record<string, number> = {};
  for (const outcome of outcomes) counts[outcome] = (counts[outcome] ?? 0) + 1;
  return counts;
}

/** A code that is not this one. */
export function otherThan(code: string): string {
  return code === '000000' ? '000001' : '000000';
}
