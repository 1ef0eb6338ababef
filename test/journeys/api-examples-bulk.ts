/** The same for what concerns many: dry runs, campaigns, imports, reports, the audit log, upkeep. */

import { expect } from 'vitest';
import type { ApiRequest } from './api-contract.ts';
import { machineToken, resourceOf } from './api-tokens.ts';
import type { World } from './world.ts';

type Example = (world: World) => Promise<ApiRequest>;

const nothing: Example = async () => ({});

/** Makes something by the API itself. */
async function made(world: World, path: string, type: string, body: string) {
  const token = await machineToken(world);
  const headers = { authorization: `Bearer ${token}`, 'content-type': type };
  const response = await fetch(`${resourceOf(world)}${path}`, { method: 'POST', headers, body });
  const location = response.headers.get('location') ?? '';
  return { id: location.split('/').at(-1) ?? '', tag: response.headers.get('etag') ?? '' };
}

const campaign = { name: 'Spring', target: { kind: 'everyone' }, days: 5 };

/** A campaign, and its tag. */
const ofCampaign: Example = async (world) => {
  const { id, tag } = await made(world, '/campaigns', 'application/json', JSON.stringify(campaign));
  return { path: { campaignId: id }, headers: { 'if-match': tag } };
};

let people = 0;

function csv(): string {
  people += 1;
  return `user,displayName,email\nimported${people},Imported ${people},imported${people}@example.org\n`;
}

/** An import that was checked only, once it is. */
const ofImport: Example = async (world) => {
  const { id } = await made(world, '/imports?checkOnly=true', 'text/csv', csv());
  const token = await machineToken(world);
  const headers = { authorization: `Bearer ${token}` };
  const read = async () => (await fetch(`${resourceOf(world)}/imports/${id}`, { headers })).text();
  await expect.poll(read, { timeout: 10_000 }).toContain('"state":"checked"');
  return { path: { importId: id } };
};

/** The removal of a policy for a group. */
const ofPreview: Example = async (world) => {
  people += 1;
  const policyId = `preview-${people}`;
  await world.groupPolicy(policyId, { methods: ['email', 'authenticator_app', 'mobile_phone'] });
  return { path: { policyId }, body: { policy: null } };
};
const ofNoPolicy: Example = async () => ({ path: { policyId: 'nobody' }, body: { policy: null } });

/** Every operation on many, by its id. */
export const bulkExamples: Readonly<Record<string, Readonly<Record<number, Example>>>> = {
  previewPolicy: { 200: ofPreview, 404: ofNoPolicy },
  previewPolicyUsers: { 200: ofPreview, 404: ofNoPolicy },
  listCampaigns: { 200: nothing },
  createCampaign: { 201: async () => ({ body: campaign }) },
  getCampaign: { 200: ofCampaign },
  pauseCampaign: { 200: ofCampaign },
  resumeCampaign: { 200: ofCampaign },
  endCampaign: { 200: ofCampaign },
  createImport: { 202: async () => ({ body: csv() }) },
  listImports: { 200: nothing },
  getImport: { 200: ofImport },
  listImportProblems: { 200: ofImport },
  applyImport: { 202: ofImport },
  stopImport: { 200: ofImport },
  exportUsers: { 200: nothing },
  userRegistrationDetails: { 200: nothing },
  usersRegisteredByMethod: { 200: nothing },
  usersDuePerDay: { 200: nothing },
  lockedUsers: { 200: nothing },
  coverage: { 200: nothing },
  listAuditEvents: { 200: nothing },
  listJobs: { 200: nothing },
  listDeadLetters: { 200: nothing },
  retryDeadLetters: { 200: async () => ({ body: { key: null } }) },
};
