/** What the telephone methods have in common: the form, the choice between an SMS and a call, what is shown. */
import type { FieldError } from '../errors.ts';
import type { Channel } from '../record.ts';
import type { FormContext, FormField, MethodContract } from './contract.ts';
import { emptyDraft } from './contract.ts';
import { defaultCountry, phoneCountries } from './phone-countries.ts';
import {
  longestTypedNumber,
  maskPhoneNumber,
  phoneIdentity,
  type ReadPhoneNumber,
  readPhoneNumber,
  type TypedPhoneNumber,
} from './phone-number.ts';

/** In what telephone methods differ. */
export interface PhoneMethodTraits
  extends Pick<MethodContract, 'type' | 'isRegisteredByUser' | 'channels' | 'noticeChannel'> {
  /** Whether the number may be that of a switchboard. */
  readonly mayHaveExtension: boolean;
}

/** Makes the contract of a telephone method: a code goes to the number, and nothing else proves it. */
export function createPhoneMethod({ mayHaveExtension, ...traits }: PhoneMethodTraits): MethodContract {
  return {
    ...traits,
    maximum: 1,
    isPrefillable: true,
    countsAlone: true,
    mayBeOnlyOne: true,
    isForAdmins: true,
    factor: 'possession',
    amrOf: (channel) => (channel === 'sms' ? 'sms' : channel === 'voice' ? 'tel' : null),
    proof: 'sent_code',
    fields: (context) => [
      countryField(context),
      {
        name: 'number',
        inputType: 'tel',
        autocomplete: 'tel',
        isRequired: true,
        maximumLength: longestTypedNumber,
      },
      ...(mayHaveExtension ? [extensionField] : []),
      ...(context.channels.length > 1 ? [channelField(context.channels)] : []),
    ],
    draft: (input, { policy, channels }) => {
      const read = readPhoneNumber(typedIn(input), {
        allowedCountries: policy.phoneCountries,
        mayHaveExtension,
      });
      const problems = 'errors' in read ? read.errors : [];
      const channel = chooseChannel(input['channel'], channels, 'errors' in read ? null : read);
      if (channel !== null && typeof channel === 'object') return { errors: [...problems, channel] };
      if ('errors' in read) return read;
      return { ...emptyDraft, address: read.address, channel };
    },
    readAddress: (input) => readPhoneNumber(typedIn(input), { allowedCountries: [], mayHaveExtension }),
    isEnough: () => true,
    mask: maskPhoneNumber,
    identity: (address) => ({ purpose: 'phone', value: phoneIdentity(address) }),
  };
}

function typedIn(input: Readonly<Record<string, string>>): TypedPhoneNumber {
  return {
    number: input['number'] ?? '',
    country: input['country'] || undefined,
    extension: input['extension'] ?? '',
  };
}

function countryField({ account, policy }: FormContext): FormField {
  const value = defaultCountry(account.locale, policy.phoneCountries);
  return {
    name: 'country',
    inputType: 'select',
    autocomplete: 'country',
    isRequired: false,
    maximumLength: 2,
    options: phoneCountries(policy.phoneCountries).map((one) => ({ value: one.country, label: one })),
    ...(value === undefined ? {} : { value }),
  };
}

const extensionField: FormField = {
  name: 'extension',
  inputType: 'text',
  autocomplete: 'tel-extension',
  isRequired: false,
  maximumLength: 12,
};

function channelField(channels: readonly Channel[]): FormField {
  const [first] = channels;
  return {
    name: 'channel',
    inputType: 'radio',
    autocomplete: 'off',
    isRequired: true,
    maximumLength: 5,
    options: channels.map((channel) => ({ value: channel, label: { key: `method.channel.${channel}` } })),
    ...(first === undefined ? {} : { value: first }),
  };
}

/** The chosen channel; where none was, the first that reaches the number; what is wrong with it; null for no channel. */
function chooseChannel(
  chosen: string | undefined,
  channels: readonly Channel[],
  read: ReadPhoneNumber | null,
): Channel | null | FieldError {
  const isLandline = read?.kind === 'landline';
  const named = chosen ? channels.find((channel) => channel === chosen) : undefined;
  if (chosen && named === undefined) return { field: 'channel', code: 'unknown_choice' };
  const channel = named ?? channels.find((one) => !(isLandline && one === 'sms')) ?? channels[0] ?? null;
  if (!isLandline || channel !== 'sms') return channel;
  // Without a choice between channels the form has no such field, and another number is the way on.
  return { field: channels.length > 1 ? 'channel' : 'number', code: 'no_sms_to_landline' };
}
