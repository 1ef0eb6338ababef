/** docs/settings.md: every setting of the environment and of a policy, from their definitions. */
import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import { settingDefinitions } from '../provider/setting-definitions.ts';
import { policySchema } from '../security-info/policy.ts';
import { code, table } from './markdown.ts';

/** The settings of the environment, as a table. */
export function settingsTable(): string {
  const rows = Object.values(settingDefinitions).map(
    ({ name, doc, make, fallback, absent, isRequiredInProduction }) => [
      code(name),
      doc,
      isRequiredInProduction ? '**required**' : '',
      fallback === null ? (absent ?? '') : code(fallback),
      // A value that can be typed as it is, or how to come by one.
      /^(npx |mongodb:|smtps?:|twilio:|Sign-in <)/.test(make) ? code(make) : make,
    ],
  );
  return table(['Setting', 'What it is for', 'In production', 'Default', 'How to make one'], rows);
}

const jsonSchema = z.object({
  properties: z.record(
    z.string(),
    z.looseObject({
      description: z.string(),
      default: z.unknown(),
      type: z.string().optional(),
      minimum: z.number().optional(),
      maximum: z.number().optional(),
      enum: z.array(z.string()).optional(),
      items: z
        .looseObject({
          type: z.string().optional(),
          enum: z.array(z.string()).optional(),
        })
        .optional(),
      maxItems: z.number().optional(),
      anyOf: z
        .array(
          z.looseObject({
            type: z.string().optional(),
            format: z.string().optional(),
            minimum: z.number().optional(),
            maximum: z.number().optional(),
          }),
        )
        .optional(),
    }),
  ),
});
type Property = z.infer<typeof jsonSchema>['properties'][string];

/** The settings of a policy, as a table. */
export function policyTable(): string {
  const { properties } = jsonSchema.parse(z.toJSONSchema(policySchema, { io: 'input' }));
  const rows = Object.entries(properties)
    .filter(([name]) => name !== 'id' && name !== 'version')
    .map(([name, property]) => [code(name), property.description, valuesOf(property), defaultOf(property)]);
  return table(['Setting', 'What it is for', 'Values', 'Default'], rows);
}

function valuesOf({ type, minimum, maximum, items, maxItems, anyOf, ...property }: Property): string {
  if (property.enum) return property.enum.map(code).join(', ');
  if (items?.enum) return `a list of ${items.enum.map(code).join(', ')}`;
  if (type === 'array') {
    const entries = items?.type === 'object' ? 'objects' : 'texts';
    return maxItems === undefined ? `a list of ${entries}` : `a list of at most ${maxItems} ${entries}`;
  }
  if (type === 'boolean') return `${code('true')} or ${code('false')}`;
  if (type === 'integer') return `${minimum} to ${maximum}`;
  if (anyOf?.some((one) => one.type === 'null')) {
    const value = anyOf.find((one) => one.type !== 'null');
    const what =
      value?.type === 'integer' ? `${value.minimum} to ${value.maximum}` : `a ${value?.format ?? 'text'}`;
    return `${what}, or ${code('none')} (${code('null')} in JSON)`;
  }
  return `${code('everyone')}, ${code('none')} or ${code('groups:a,b')}`;
}

function defaultOf(property: Property): string {
  // A list of everything is written out once, under its values.
  const isAll = isDeepStrictEqual(property.default, property.items?.enum);
  return isAll ? 'all of them' : code(JSON.stringify(property.default));
}

/** The whole page. */
export function settingsPage(): string {
  return `<!-- Made by \`npm run docs\` from provider/setting-definitions.ts and security-info/policy.ts: change those. -->
# Settings

## The environment

Read from the environment and from \`.env\` in the working directory; the environment comes first. An empty setting
counts as absent. In production (\`NODE_ENV=production\`, or an https issuer) the start stops when a required setting is
missing or any is wrong, and lists all of them at once; the defaults of required settings hold outside production only.

${settingsTable()}

## The policy

Stored, versioned, changed with \`npx oidc-security-info policy set\`; a change reaches every node within 5 seconds. In
JSON the scope is \`{"kind": "groups", "groups": ["a", "b"]}\`. For administrators at least two methods are needed to
register, and two to reset, whatever the policy says.

There is a default policy, and there can be others for some groups: \`policy set --policy staff appliesToGroups=staff,board\`
makes one, which begins with the settings of the default and is changed by itself from then on; \`policy list\` shows all.

${policyTable()}
`;
}
