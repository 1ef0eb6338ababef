/** The operations on a person's methods, under the names that admins of Microsoft Graph know. */
import { z } from 'zod';
import { InvalidInput } from '../../../security-info/errors.ts';
import type { MethodType } from '../../../security-info/record.ts';
import { errandOf } from '../errand.ts';
import { noBody, nothing, type Operation, operation } from '../operation.ts';
import { type ApiParts, personOf } from '../parts.ts';
import { clearMethod, pageOf, personMethodPath, personPath } from '../shapes.ts';
import { methodViewOf } from '../views.ts';

const tag = 'Methods';
const under = '/users/{id}/authentication';

/** Graph's names of the kinds of phone. */
const phoneTypes = {
  mobile: 'mobile_phone',
  alternateMobile: 'alternate_phone',
  office: 'office_phone',
} as const;
const phoneTypeName = z.enum(['mobile', 'alternateMobile', 'office']);
const typesOfPhones = new Set<MethodType>(Object.values(phoneTypes));

const methodList = pageOf(clearMethod, 'Methods');
const prefilled = z
  .object({ id: z.string(), isChanged: z.boolean().describe('False where it was there already.') })
  .meta({ id: 'PrefilledMethod' });
const country = z
  .string()
  .regex(/^[A-Za-z]{2}$/)
  .transform((letters) => letters.toUpperCase())
  .optional()
  .describe('Of numbers that do not begin with + (ISO 3166-1).');

/** The operations. */
export function methodOperations(parts: ApiParts): readonly Operation[] {
  return [
    readAll(parts, 'listMethods', 'methods', 'Read every method, numbers and addresses included', () => true),
    readAll(parts, 'listPhoneMethods', 'phoneMethods', 'Read the phones', (type) => typesOfPhones.has(type)),
    readAll(
      parts,
      'listEmailMethods',
      'emailMethods',
      'Read the e-mail addresses',
      (type) => type === 'email',
    ),
    operation(
      {
        ...prefilling,
        id: 'prefillPhoneMethod',
        address: `${under}/phoneMethods`,
        summary: 'Fill in a phone',
      },
      {
        path: personPath,
        query: nothing,
        body: z.strictObject({
          phoneType: phoneTypeName,
          phoneNumber: z.string().min(1).max(100),
          country,
        }),
      },
      async (call) => {
        const { phoneType, phoneNumber: address, country: letters } = call.body;
        const errand = errandOf(call, await personOf(parts.ports, call.path.id));
        return filledIn(
          call.path.id,
          'phoneMethods',
          await named('phoneNumber', () =>
            parts.people.prefill(errand, { type: phoneTypes[phoneType], address, country: letters }),
          ),
        );
      },
    ),
    operation(
      {
        ...prefilling,
        id: 'prefillEmailMethod',
        address: `${under}/emailMethods`,
        summary: 'Fill in an e-mail address',
      },
      {
        path: personPath,
        query: nothing,
        body: z.strictObject({ emailAddress: z.string().min(1).max(320) }),
      },
      async (call) => {
        const errand = errandOf(call, await personOf(parts.ports, call.path.id));
        const address = call.body.emailAddress;
        return filledIn(
          call.path.id,
          'emailMethods',
          await named('emailAddress', () => parts.people.prefill(errand, { type: 'email', address })),
        );
      },
    ),
    takeOut(parts, 'removeMethod', 'delete', '', 'Remove a method', (errand, id) =>
      parts.people.removeMethod(errand, id),
    ),
    takeOut(parts, 'reportMethodLost', 'post', '/reportLost', 'Say that a method is lost', (errand, id) =>
      parts.people.reportLost(errand, id),
    ),
  ];
}

const prefilling = {
  method: 'post',
  scope: 'methods:write',
  tag,
  description:
    'It counts once its user has proved it. What was there of the same type goes; every address that was known is told.',
  ifMatch: 'optional',
  answers: {
    200: { description: 'It was there already.', schema: prefilled },
    201: { description: 'It is filled in.', schema: prefilled },
  },
  problems: ['person_not_found', 'method_not_offered'],
} as const;

/** What a method's own form calls its field has the name of the API's here. */
async function named<Result>(field: string, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof InvalidInput)) throw error;
    throw new InvalidInput(
      error.fields.map((wrong) => (wrong.field === 'country' ? wrong : { ...wrong, field })),
    );
  }
}

function filledIn(
  personId: string,
  collection: string,
  { methodId: id, isChanged }: { readonly methodId: string; readonly isChanged: boolean },
) {
  const body = { id, isChanged };
  if (!isChanged) return { status: 200, body } as const;
  const location = `/users/${encodeURIComponent(personId)}/authentication/${collection}`;
  return { status: 201, body, location } as const;
}

function readAll(
  { ports, people }: ApiParts,
  id: string,
  collection: string,
  summary: string,
  isWanted: (type: MethodType) => boolean,
): Operation {
  return operation(
    {
      id,
      method: 'get',
      address: `${under}/${collection}`,
      scope: 'methods:read',
      tag,
      summary,
      description: 'That they were read is in the audit log. Secrets and answers are read by nobody.',
      answers: { 200: { description: 'The methods.', schema: methodList } },
      problems: ['person_not_found'],
    },
    { path: personPath, query: nothing, body: noBody },
    async ({ by, path }) => {
      const account = await personOf(ports, path.id);
      const methods = await people.readMethods(by, account.id);
      const value = methods.filter(({ type }) => isWanted(type)).map(methodViewOf);
      return { status: 200, body: { value, nextCursor: null } };
    },
  );
}

function takeOut(
  { ports }: ApiParts,
  id: string,
  method: 'post' | 'delete',
  ending: string,
  summary: string,
  run: (errand: ReturnType<typeof errandOf>, methodId: string) => Promise<void>,
): Operation {
  return operation(
    {
      id,
      method,
      address: `${under}/methods/{methodId}${ending}`,
      scope: 'methods:write',
      tag,
      summary,
      description:
        'It proves nothing from then on, and what it had replaced goes with it. Losing the last one does not reopen first registration.',
      ifMatch: 'optional',
      answers: { 204: { description: 'Done.', schema: null } },
      problems: ['person_not_found', 'method_not_found'],
    },
    { path: personMethodPath, query: nothing, body: noBody },
    async (call) => {
      await run(errandOf(call, await personOf(ports, call.path.id)), call.path.methodId);
      return { status: 204 };
    },
  );
}
