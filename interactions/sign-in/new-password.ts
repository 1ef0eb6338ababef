/**
 * The user's own password in place of the one-time password that was just right. The rules for it are the
 * SignInDesk's; whose it is comes from the sealed cookie, never from the form.
 */
import type { Visit } from '../../security-info/desk.ts';
import type { SecurityInfoError } from '../../security-info/errors.ts';
import { InvalidInput, NothingPending } from '../../security-info/errors.ts';
import { leastPasswordLength } from '../../security-info/password-rules.ts';
import type { Account } from '../../security-info/ports.ts';
import type { FormStep, Routes, Step } from '../shell/contract.ts';
import { deviceOf } from '../shell/device.ts';
import { interactionFlowKey } from '../shell/visit.ts';
import { waitUntil } from '../shell/wait.ts';
import { problemOf } from './problem.ts';
import type { SignInParts } from './sign-in.ts';

/** Adds GET and POST `/new-password`. */
export function newPasswordPages(routes: Routes, parts: SignInParts): void {
  routes.get('/new-password', ['login'], async (step) => {
    const account = await accountOf(step, parts);
    if (account === null) step.goTo('/sign-in');
    else await show(step, account, null);
  });
  routes.post('/new-password', ['login'], async (step) => {
    const account = await accountOf(step, parts);
    if (account === null) throw new NothingPending();
    await change(step, parts, account);
  });
}

/** The visit of somebody whose one-time password was right, and who is not signed in yet. */
export function visitOfOneTimePassword({ ctx, interaction, words }: Step, account: Account): Visit {
  const { clientId, isExempt } = interaction.client;
  return {
    account,
    asker: {
      caller: 'stranger',
      callerAddress: ctx.ip,
      clientId,
      locale: words.language,
      device: deviceOf(ctx.get('User-Agent')),
    },
    flowKey: interactionFlowKey(interaction.cid, account.id),
    client: { clientId, isExempt },
  };
}

async function accountOf(step: Step, { directory, oneTimeCookie }: SignInParts): Promise<Account | null> {
  const accountId = oneTimeCookie.read(step);
  const account = accountId === null ? undefined : await directory.findById(accountId);
  return account === undefined || account.isDisabled ? null : account;
}

async function change(step: FormStep, parts: SignInParts, account: Account): Promise<void> {
  const { signInDesk, directory, deviceCookie, oneTimeCookie, clock } = parts;
  let signedInAt: Date;
  try {
    ({ signedInAt } = await signInDesk.changeOneTimePassword(visitOfOneTimePassword(step, account), {
      newPassword: step.form['newPassword'] ?? '',
      repeatPassword: step.form['repeatPassword'] ?? '',
    }));
  } catch (error) {
    if (!(error instanceof InvalidInput)) throw error;
    return show(step, account, error);
  }
  // A cookie made before names the old password.
  const renewed = await directory.findById(account.id);
  if (renewed !== undefined) deviceCookie.remember(step.ctx, renewed);
  oneTimeCookie.clear(step);
  await waitUntil(signedInAt, clock);
  await step.finish({ kind: 'signed_in', accountId: account.id, signedInAt });
}

async function show(step: Step, account: Account, refusal: SecurityInfoError | null): Promise<void> {
  await step.show(
    'sign-in/new-password',
    {
      loginName: account.loginName,
      name: account.displayName,
      minimum: leastPasswordLength,
      app: step.interaction.client.name,
      problem: refusal === null ? null : problemOf(refusal),
    },
    { script: 'password-strength', ...(refusal === null ? {} : { status: refusal.status }) },
  );
}
