/** For each operation of the admin API a request that succeeds, and whatever only it can be refused for. */
import type { ApiRequest } from './api-contract.ts';
import { bulkExamples } from './api-examples-bulk.ts';
import type { Person, World } from './world.ts';

/** Makes what a request needs, anew each time, and the request. */
export type Example = (world: World) => Promise<ApiRequest>;

/** What an operation answers, by status: what is not here is provoked for every operation alike. */
export type Examples = Readonly<Record<number, Example>>;

const nothing: Example = async () => ({});

/** Somebody with two methods. */
export function personWithMethods(world: World, isAdmin = false): Promise<Person> {
  return world.person({
    isAdmin,
    methods: [
      { type: 'authenticator_app', verifiedDaysAgo: 10 },
      { type: 'email', verifiedDaysAgo: 10 },
      { type: 'mobile_phone', verifiedDaysAgo: 10 },
    ],
  });
}

const ofPerson =
  (body?: unknown): Example =>
  async (world) => ({
    path: { id: (await personWithMethods(world)).account.id },
    ...(body === undefined ? {} : { body }),
  });

const ofMethod: Example = async (world) => {
  const { account, methods } = await personAndMethods(world);
  return { path: { id: account.id, methodId: methods[0]?.id ?? '' } };
};

async function personAndMethods(world: World) {
  const { account } = await personWithMethods(world);
  const { methods } = await world.deployment.composition.ports.records.read(account.id);
  return { account, methods };
}

/** The default policy as it is, and its tag. */
async function present(world: World) {
  const { defaultPolicy } = await world.deployment.composition.ports.policies.latest();
  return { policy: defaultPolicy, headers: { 'if-match': `"${defaultPolicy.version}"` } };
}

let names = 0;

function newName(): string {
  names += 1;
  return `example-${names}`;
}

/** A policy of a new group, and its tag. */
async function groupPolicy(world: World) {
  const policyId = newName();
  await world.groupPolicy(policyId, { methods: ['email', 'authenticator_app', 'mobile_phone'] });
  return { path: { policyId }, headers: { 'if-match': '"1"' } };
}

/** Somebody has fewer methods than this change asks for, and is due at once. */
async function makesDue(world: World) {
  await world.person({
    methods: [
      { type: 'email', verifiedDaysAgo: 10 },
      { type: 'mobile_phone', verifiedDaysAgo: 10 },
    ],
  });
  const { policy, headers } = await present(world);
  return { path: { policyId: 'default' }, headers, body: { ...policy, methodsToRegister: 3 } };
}

/** A phone number that is filled in already. */
async function filledIn(
  world: World,
  fill: { type: 'mobile_phone' | 'email'; address: string; body: unknown },
) {
  const { account } = await world.person({ methods: [{ ...fill, verifiedDaysAgo: null }] });
  return { path: { id: account.id }, body: fill.body };
}

const phone = { phoneType: 'mobile', phoneNumber: '+1 202 555 0123' };
const mail = { emailAddress: 'ada@example.org' };
const office = { phoneType: 'office', phoneNumber: '+1 202 555 0123' };

/** Every operation by its id. */
export const examples: Readonly<Record<string, Examples>> = {
  ...bulkExamples,
  listPolicies: { 200: nothing },
  getPolicy: { 200: async () => ({ path: { policyId: 'default' } }) },
  putPolicy: {
    200: async (world) => {
      const { policy, headers } = await present(world);
      return { path: { policyId: 'default' }, headers, body: policy };
    },
    201: async (world) => ({
      path: { policyId: newName() },
      headers: { 'if-none-match': '*' },
      body: { ...(await present(world)).policy, appliesToGroups: ['nobody-at-all'] },
    }),
    409: makesDue,
  },
  patchPolicy: {
    200: async (world) => ({
      path: { policyId: 'default' },
      headers: (await present(world)).headers,
      body: { snoozes: (await present(world)).policy.snoozes === 3 ? 4 : 3 },
    }),
    409: makesDue,
  },
  deletePolicy: {
    204: groupPolicy,
    409: async (world) => ({ path: { policyId: 'default' }, headers: (await present(world)).headers }),
  },
  listUsers: { 200: async () => ({ query: { limit: '2' } }) },
  getUser: { 200: ofPerson() },
  requireRegistration: { 204: ofPerson() },
  requireReconfirmation: { 204: ofPerson() },
  cancelReconfirmation: { 204: ofPerson() },
  issueAccessPass: { 201: ofPerson({ hours: 2 }) },
  revokeAccessPass: { 204: ofPerson() },
  unlock: { 204: ofPerson() },
  grantSnooze: { 204: ofPerson({ times: 1, days: 3 }) },
  excludeUser: { 204: ofPerson() },
  includeUser: { 204: ofPerson() },
  listMethods: { 200: ofPerson() },
  listPhoneMethods: { 200: ofPerson() },
  listEmailMethods: { 200: ofPerson() },
  prefillPhoneMethod: {
    200: (world) => filledIn(world, { type: 'mobile_phone', address: '+12025550123', body: phone }),
    201: ofPerson(phone),
  },
  prefillEmailMethod: {
    200: (world) => filledIn(world, { type: 'email', address: 'ada@example.org', body: mail }),
    201: ofPerson(mail),
  },
  removeMethod: { 204: ofMethod },
  reportMethodLost: { 204: ofMethod },
};

/** A type that the policy of the examples does not offer. */
export const notOffered: Example = ofPerson(office);
