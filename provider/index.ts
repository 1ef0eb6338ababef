/** What another node-oidc-provider deployment imports. `docs/plugin.md` shows it in use. */

export { StoreUnreachable } from '../models/connection.ts';
export type { DataKey, DataKeyRing } from '../models/field-encryption.ts';
export type { ActingAdmin } from '../security-info/admin/acting-admin.ts';
export type { Campaign, CampaignInput } from '../security-info/admin/campaign.ts';
export type { CampaignPorts } from '../security-info/admin/campaign-members.ts';
export {
  createCampaign,
  endCampaign,
  listCampaigns,
  pauseCampaign,
  readCampaign,
  resumeCampaign,
} from '../security-info/admin/campaigns.ts';
export type { ReportSnapshot } from '../security-info/admin/report-snapshot.ts';
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
