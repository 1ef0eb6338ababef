/** What the directory of this deployment refuses to whoever administers it. */

/** `login_name_taken`: another account has this login name, in some spelling. */
export class LoginNameTaken extends Error {
  readonly code = 'login_name_taken';
  constructor() {
    super('Another account has this login name.');
    this.name = 'LoginNameTaken';
  }
}

/** `account_not_found`: there is no such account. */
export class AccountNotFound extends Error {
  readonly code = 'account_not_found';
  constructor() {
    super('There is no such account.');
    this.name = 'AccountNotFound';
  }
}
