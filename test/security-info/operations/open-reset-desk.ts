/** The ResetDesk on the stores, accounts and senders of a TestDesk, with its work in the background to be waited for. */
import { SecurityInfoError } from '../../../security-info/errors.ts';
import { createResetDesk } from '../../../security-info/operations/reset/create-reset-desk.ts';
import type { Account } from '../../../security-info/ports.ts';
import type { MethodType } from '../../../security-info/record.ts';
import type { ResetDesk, ResetVisit } from '../../../security-info/reset-desk.ts';
import { openDesk, password, type TestDesk } from './open-desk.ts';

/** A new password that will do. */
export const newPassword = 'seven green bicycles';
/** Ada's registered address. */
export const address = 'ada@home.example';

/** A TestDesk with a reset. */
export interface TestResetDesk extends TestDesk {
  readonly reset: ResetDesk;
  /** Another node: a desk with stores of its own on the same database. */
  anotherNode(): ResetDesk;
  /** A browser; `isKnown` where it carries the device cookie of whoever it asks about. */
  browser(name?: string, isKnown?: boolean): ResetVisit;
  /** Waits for the work that no answer waits for. */
  settled(): Promise<void>;
  /** Begins for a name, and chooses. */
  arrive(visit: ResetVisit, type?: MethodType, loginName?: string): Promise<void>;
  /** Passes the first gate by the app. */
  passFirst(visit: ResetVisit): Promise<void>;
  /** Adds an account without methods. */
  addAccount(account: Account): void;
}

/** Opens it: Ada has registered an address and an app a day ago; Bob has an account and nothing else. */
export async function openResetDesk(): Promise<TestResetDesk> {
  const t = await openDesk();
  const { models, accounts, passwords } = t;
  const first = t.visit('first');
  await t.registerEmail(first, address);
  const secret = await t.registerApp(first);
  models.clock.advance(86_400);

  const running = new Set<Promise<void>>();
  const options = {
    serviceName: 'Example Sign-in',
    published: () => undefined,
    inBackground: (work: () => Promise<void>) => {
      const task: Promise<void> = work().finally(() => running.delete(task));
      running.add(task);
    },
  };
  const reset = createResetDesk(t.portsOn(models), options);
  const settled = async (): Promise<void> => {
    await Promise.all(running);
  };

  async function arrive(
    visit: ResetVisit,
    type: MethodType = 'authenticator_app',
    loginName = 'ada',
  ): Promise<void> {
    await reset.begin(visit, loginName);
    await reset.chooseFirst(visit, type, type === 'email' ? { address } : {});
    await settled();
  }

  return {
    ...t,
    reset,
    settled,
    arrive,
    anotherNode: () => createResetDesk(t.portsOn(models.anotherNode()), options),
    addAccount: (account) => {
      accounts.set(account.id, account);
      passwords.set(account.id, password);
    },
    browser: (name = 'browser', isKnown = false) => ({
      flowKey: `reset:${name}`,
      asker: { callerAddress: null, clientId: null, locale: 'en' },
      isKnownBrowser: () => isKnown,
    }),
    async passFirst(visit) {
      // No code of the app is accepted twice.
      models.clock.advance(60);
      await arrive(visit);
      await reset.proveFirst(visit, t.appCode(secret));
    },
  };
}

/** What a refusal tells: its code, and until when where it says so. */
export async function refusalOf(action: Promise<unknown>): Promise<{ code: string; until: Date | null }> {
  return action.then(
    () => ({ code: 'done', until: null }),
    (error: unknown) => {
      if (!(error instanceof SecurityInfoError)) throw error;
      const { until } = error.values;
      return { code: error.code, until: until instanceof Date ? until : null };
    },
  );
}
