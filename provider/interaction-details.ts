/** What node-oidc-provider's Interaction holds, as far as the seam reads it. */
import { z } from 'zod';

/** The prompts that have pages here. */
export const promptName = z.enum(['login', 'security_info', 'consent']);
/** What of the request the pages look at. */
export const parameters = z.object({
  client_id: z.string(),
  ui_locales: z.string().max(200).catch('').default(''),
  login_hint: z.string().max(320).nullable().catch(null).default(null),
});
/** What of the client they show. */
export const clientPage = z.object({
  clientName: z.string().optional(),
  policyUri: z.string().optional(),
  tosUri: z.string().optional(),
});
/** What consent has to be given for. */
export const missing = z.object({
  missingOIDCScope: z.array(z.string()).default([]),
  missingOIDCClaims: z.array(z.string()).default([]),
  missingResourceScopes: z.record(z.string(), z.array(z.string())).default({}),
});
/** The sign-in of this interaction, as it was submitted. */
export const lastLogin = z.object({ login: z.object({ accountId: z.string(), ts: z.number() }) });
