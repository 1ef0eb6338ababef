/** What another node-oidc-provider deployment imports. `docs/plugin.md` shows it in use. */

export { StoreUnreachable } from '../models/connection.ts';
export type { DataKey, DataKeyRing } from '../models/field-encryption.ts';
export type { Policy } from '../security-info/policy.ts';
export { parsePolicy } from '../security-info/policy-validation.ts';
export type {
  Account,
  AccountDirectory,
  Clock,
  MailMessage,
  MailSender,
  PhoneMessage,
  PhoneSender,
  Ports,
} from '../security-info/ports.ts';
export type { RobotChallenge } from '../security-info/robot-challenge.ts';
export { changeCredentials } from '../security-info/transitions/change-credentials.ts';
export { openSecurityInfo, readDataKeys } from './plugin.ts';
export type { JobSchedules, SecurityInfo, SecurityInfoOptions } from './plugin-contract.ts';
