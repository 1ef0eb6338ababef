/** The columns of a list of people, as it is imported and exported, and what each one is of. */
import type { Account } from '../../ports.ts';
import type { MethodType } from '../../record.ts';

/** What a person is called and where they belong: set where the cell is not empty. */
export const profileColumns = [
  'displayName',
  'givenName',
  'familyName',
  'mailbox',
  'locale',
  'groups',
] as const satisfies readonly (keyof Account)[];
/** One of them. */
export type ProfileColumn = (typeof profileColumns)[number];

/** What is filled in, in this order: the office number first, for no other method may have it. */
export const methodColumns = {
  officePhone: 'office_phone',
  mobilePhone: 'mobile_phone',
  alternatePhone: 'alternate_phone',
  email: 'email',
} as const satisfies Readonly<Record<string, MethodType>>;
/** One of them. */
export type MethodColumn = keyof typeof methodColumns;

/** Every column, in the order of an export. Only `user` has to be there. */
export const importColumns = [
  'user',
  ...profileColumns,
  'mobilePhone',
  'alternatePhone',
  'officePhone',
  'email',
  'country',
] as const;
/** One of them: `user` is the login name or the account id, `country` that of numbers without one. */
export type ImportColumn = (typeof importColumns)[number];

/** The columns of methods with their types. */
export const methodTypesByColumn: readonly (readonly [MethodColumn, MethodType])[] = [
  ['officePhone', methodColumns.officePhone],
  ['mobilePhone', methodColumns.mobilePhone],
  ['alternatePhone', methodColumns.alternatePhone],
  ['email', methodColumns.email],
];
