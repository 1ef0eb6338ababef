/** The one table of commands. A new command is a file in `commands/` and a line here. */
import type { Command } from './command.ts';
import { accountAccessPass } from './commands/account-access-pass.ts';
import { accountCreate } from './commands/account-create.ts';
import { accountDisable, accountEnable } from './commands/account-disable.ts';
import { accountList } from './commands/account-list.ts';
import { accountNewPassword } from './commands/account-new-password.ts';
import { accountSnooze } from './commands/account-snooze.ts';
import { accountUnlock } from './commands/account-unlock.ts';
import { campaignEnd, campaignPause, campaignResume } from './commands/campaign-change.ts';
import { campaignCreate } from './commands/campaign-create.ts';
import { campaignList } from './commands/campaign-list.ts';
import { campaignShow } from './commands/campaign-show.ts';
import { clientAdd } from './commands/client-add.ts';
import { clientList } from './commands/client-list.ts';
import { clientRemove } from './commands/client-remove.ts';
import { jobList } from './commands/job-list.ts';
import { jobRun } from './commands/job-run.ts';
import { keysGenerate } from './commands/keys-generate.ts';
import { methodsList } from './commands/methods-list.ts';
import { methodsPrefill } from './commands/methods-prefill.ts';
import { outboxList } from './commands/outbox-list.ts';
import { outboxRetry } from './commands/outbox-retry.ts';
import { policyGet } from './commands/policy-get.ts';
import { policyList } from './commands/policy-list.ts';
import { policyRemove } from './commands/policy-remove.ts';
import { policySet } from './commands/policy-set.ts';

/** Every command, in the order of the help. */
export const commands: readonly Command[] = [
  accountCreate,
  accountList,
  accountDisable,
  accountEnable,
  accountNewPassword,
  accountAccessPass,
  accountUnlock,
  accountSnooze,
  methodsList,
  methodsPrefill,
  clientAdd,
  clientList,
  clientRemove,
  policyList,
  policyGet,
  policySet,
  policyRemove,
  jobList,
  campaignCreate,
  campaignList,
  campaignShow,
  campaignPause,
  campaignResume,
  campaignEnd,
  jobRun,
  outboxList,
  outboxRetry,
  keysGenerate,
];
