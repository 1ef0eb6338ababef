/** A new password: with the old one, or with a method that was just proved. This sign-in goes on, all others end. */
import { InvalidInput, type SecurityInfoError, SignInDelayed } from '../../security-info/errors.ts';
import type { Renewal } from '../../security-info/own-desk.ts';
import { leastPasswordLength } from '../../security-info/password-rules.ts';
import type { Account } from '../../security-info/ports.ts';
import { provePath } from '../register/errand.ts';
import { overviewPath, type Problem, problemOf } from '../register/room.ts';
import type { FormStep, Routes, Step } from '../shell/contract.ts';
import { goOnRenewed, type OwnRoom } from './own-room.ts';

/** All that the page shows. Nothing that was typed is repeated. */
export interface ChangePasswordPage {
  readonly loginName: string;
  /** A method was proved: the old password is not asked for. */
  readonly isProved: boolean;
  /** Where a method is proved instead, under the base. */
  readonly proveInstead: string;
  readonly minimum: number;
  readonly problem: Problem | null;
}

/** Where the page is. */
export const passwordPath = `${overviewPath}/password`;

/** Mounts the page. */
export function changePasswordRoutes(routes: Routes, room: OwnRoom): void {
  routes.get(passwordPath, ['security_info'], (step) => showPage(step, room, null));
  routes.post(passwordPath, ['security_info'], (step) => change(step, room));
}

async function change(step: FormStep, room: OwnRoom): Promise<void> {
  const { form } = step;
  let changed: Renewal & { readonly account: Account };
  try {
    changed = await room.ownDesk.changePassword(await room.visitOf(step), {
      currentPassword: form['currentPassword'] ?? '',
      newPassword: form['newPassword'] ?? '',
      repeatPassword: form['repeatPassword'] ?? '',
    });
  } catch (error) {
    if (!(error instanceof InvalidInput || error instanceof SignInDelayed)) throw error;
    return showPage(step, room, error);
  }
  // A cookie made before names the old password.
  room.deviceCookie?.remember(step.ctx, changed.account);
  await goOnRenewed(step, room, changed, 'password');
}

async function showPage(step: Step, room: OwnRoom, refusal: SecurityInfoError | null): Promise<void> {
  const visit = await room.visitOf(step);
  const page: ChangePasswordPage = {
    loginName: visit.account.loginName,
    isProved: await room.ownDesk.isPasswordProved(visit),
    proveInstead: provePath({ kind: 'password' }),
    minimum: leastPasswordLength,
    problem: refusal === null ? null : problemOf(refusal),
  };
  await step.show('manage/change-password', page, {
    script: 'password-strength',
    ...(refusal === null ? {} : { status: refusal.status }),
  });
}
