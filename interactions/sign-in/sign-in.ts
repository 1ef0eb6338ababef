/**
 * The sign-in page: name and password, and leaving. Which password is right, and who has to wait, is the SignInDesk's;
 * the page of a one-time password's successor is new-password.ts.
 */
import type { SignInDesk } from '../../security-info/desk.ts';
import type { FieldError } from '../../security-info/errors.ts';
import {
  InvalidInput,
  type SecurityInfoError,
  SignInDelayed,
  WrongCredentials,
} from '../../security-info/errors.ts';
import type { Account, AccountDirectory, Clock, DataKeys } from '../../security-info/ports.ts';
import type { FormStep, Routes, Step } from '../shell/contract.ts';
import { deviceOf } from '../shell/device.ts';
import type { DeviceCookie } from './device-cookie.ts';
import { createDeviceCookie } from './device-cookie.ts';
import { newPasswordPages, visitOfOneTimePassword } from './new-password.ts';
import type { OneTimeCookie } from './one-time-cookie.ts';
import { createOneTimeCookie } from './one-time-cookie.ts';
import { problemOf } from './problem.ts';

/** What the room is given. */
export interface SignInRoom {
  readonly signInDesk: SignInDesk;
  readonly directory: Pick<AccountDirectory, 'findById'>;
  readonly clock: Clock;
  readonly keys: DataKeys;
  readonly issuer: string;
}

/** The room with its cookies. */
export interface SignInParts extends SignInRoom {
  readonly deviceCookie: DeviceCookie;
  readonly oneTimeCookie: OneTimeCookie;
}

const longestName = 256;
const longestPassword = 1_024;

/** Adds GET and POST `/sign-in`, `/sign-in/other` and `/new-password`, and POST `/cancel`. */
export function signInRoom(routes: Routes, room: SignInRoom): void {
  const parts: SignInParts = {
    ...room,
    deviceCookie: createDeviceCookie(room),
    oneTimeCookie: createOneTimeCookie(room),
  };
  routes.get('/sign-in', ['login'], async (step) => show(step, await knownAccountOf(step, room), null));
  routes.post('/sign-in', ['login'], async (step) => signIn(step, parts, await knownAccountOf(step, room)));
  routes.get('/sign-in/other', ['login'], (step) => show(step, null, null, { isOther: true }));
  routes.post('/sign-in/other', ['login'], (step) => signIn(step, parts, null, true));
  routes.post('/cancel', ['login'], (step) => step.finish({ kind: 'cancelled' }));
  newPasswordPages(routes, parts);
}

/** Reasons for which another account than the one that is signed in is wanted. */
const otherWanted = new Set(['id_token_hint', 'claims_id_token_sub_value']);

/** Who is asked for the password once more; null where anybody may sign in. */
async function knownAccountOf(
  { interaction }: Step,
  { directory }: Pick<SignInRoom, 'directory'>,
): Promise<Account | null> {
  const { accountId, reasons, loginHint } = interaction;
  if (accountId === null || reasons.some((reason) => otherWanted.has(reason))) return null;
  const account = await directory.findById(accountId);
  if (account === undefined || account.isDisabled) return null;
  const isHinted = loginHint === null || loginHint.toLowerCase() === account.loginName.toLowerCase();
  return isHinted ? account : null;
}

async function signIn(
  step: FormStep,
  parts: SignInParts,
  known: Account | null,
  isOther = false,
): Promise<void> {
  const { ctx, form, interaction, words } = step;
  const { signInDesk, deviceCookie, oneTimeCookie, clock } = parts;
  const loginName = form['loginName'] ?? '';
  const password = form['password'] ?? '';
  // Before the password is read: one that is changed while this is being answered makes this sign-in an old one.
  const signedInAt = clock.now();
  let account: Account;
  try {
    const missing = findMissing(loginName, password);
    if (missing.length > 0) throw new InvalidInput(missing);
    account = await signInDesk.signIn(
      { loginName, password },
      {
        callerAddress: ctx.ip,
        clientId: interaction.client.clientId,
        locale: words.language,
        device: deviceOf(ctx.get('User-Agent')),
      },
      (candidate) => deviceCookie.isKnownBrowser(ctx, candidate),
    );
  } catch (error) {
    if (!isForThePage(error)) throw error;
    return show(step, known, error, { isOther, loginName });
  }
  if (account.mustChangePassword) {
    await signInDesk.rememberOneTimePassword(visitOfOneTimePassword(step, account));
    oneTimeCookie.write(step, account.id);
    return step.goTo('/new-password');
  }
  deviceCookie.remember(ctx, account);
  await step.finish({ kind: 'signed_in', accountId: account.id, signedInAt });
}

function isForThePage(error: unknown): error is SecurityInfoError {
  return error instanceof InvalidInput || error instanceof WrongCredentials || error instanceof SignInDelayed;
}

function findMissing(loginName: string, password: string): FieldError[] {
  const find = (field: string, typed: string, maximum: number): FieldError[] => {
    if (typed.trim() === '') return [{ field, code: 'required' }];
    return typed.length > maximum ? [{ field, code: 'too_long', values: { maximum } }] : [];
  };
  return [...find('loginName', loginName, longestName), ...find('password', password, longestPassword)];
}

async function show(
  step: Step,
  known: Account | null,
  refusal: SecurityInfoError | null,
  { loginName, isOther = false }: { readonly loginName?: string; readonly isOther?: boolean } = {},
): Promise<void> {
  const { interaction } = step;
  await step.show(
    'sign-in/sign-in',
    {
      known: known === null ? null : { displayName: known.displayName },
      // A long text is not repeated; the password never is.
      loginName: known?.loginName ?? (loginName ?? hintOf(step, isOther)).slice(0, longestName),
      isOther,
      app: interaction.client.name,
      problem: refusal === null ? null : problemOf(refusal),
    },
    refusal === null ? {} : { status: refusal.status },
  );
}

/** `login_hint` (OpenID Connect Core §3.1.2.1), where it can be a name. */
function hintOf({ interaction }: Step, isOther: boolean): string {
  const hint = interaction.loginHint?.trim() ?? '';
  return isOther || hint.length > longestName || /\p{Cc}/u.test(hint) ? '' : hint;
}
