/** Whether a new password will do, typed twice: the rules, the common ones, and the one that was there. */
import { isCommonPassword } from './common-passwords.ts';
import type { FieldError } from './errors.ts';
import { passwordProblem } from './password-rules.ts';
import type { Account, AccountDirectory } from './ports.ts';

/** What a new password is judged against. */
export interface NewPasswordContext {
  readonly directory: Pick<AccountDirectory, 'checkPassword'>;
  readonly serviceName: string;
  readonly account: Account;
}

/** What is wrong with it, by the fields `newPassword` and `repeatPassword`; empty where nothing is. */
export async function newPasswordProblems(
  { directory, serviceName, account }: NewPasswordContext,
  { newPassword, repeatPassword }: { readonly newPassword: string; readonly repeatPassword: string },
): Promise<readonly FieldError[]> {
  const problem = passwordProblem(newPassword, account, serviceName, 'newPassword');
  if (problem) return [problem];
  if (await isCommonPassword(newPassword)) return [{ field: 'newPassword', code: 'password_too_simple' }];
  if (newPassword !== repeatPassword) return [{ field: 'repeatPassword', code: 'passwords_differ' }];
  const isSame = await directory.checkPassword(account, newPassword);
  return isSame ? [{ field: 'newPassword', code: 'password_unchanged' }] : [];
}
