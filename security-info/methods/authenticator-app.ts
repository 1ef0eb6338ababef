/** The authenticator app: a shared secret (RFC 6238), proved by the code that the app makes from it. */
import { generateSecret, generateURI, verifySync } from 'otplib';
import { emptyDraft, type MethodContract } from './contract.ts';
import { longestMethodName, readMethodName } from './method-name.ts';

const periodSeconds = 30;

/** The otpauth URI that the app reads from the QR code. */
export function otpauthUri(input: {
  readonly service: string;
  readonly loginName: string;
  readonly secret: string;
}): string {
  return generateURI({ issuer: input.service, label: input.loginName, secret: input.secret });
}

/**
 * The time step that a code belongs to, or undefined when it is wrong or its step was used before.
 * One step either way is accepted, a step never twice.
 * @param lastStep the last step that was accepted, or null
 * @see RFC 6238 §5.2
 */
export function acceptedStep(
  secret: string,
  code: string,
  lastStep: number | null,
  now: Date,
): number | undefined {
  if (!/^\d{6}$/.test(code)) return undefined;
  const result = verifySync({
    strategy: 'totp',
    secret,
    token: code,
    epoch: Math.floor(now.getTime() / 1000),
    epochTolerance: periodSeconds,
    ...(lastStep === null ? {} : { afterTimeStep: lastStep }),
  });
  return result.valid && 'timeStep' in result ? result.timeStep : undefined;
}

/** The authenticator app. */
export const authenticatorApp: MethodContract = {
  type: 'authenticator_app',
  maximum: 5,
  isRegisteredByUser: true,
  isPrefillable: false,
  countsAlone: true,
  mayBeOnlyOne: false,
  isForAdmins: true,
  channels: [],
  noticeChannel: null,
  factor: 'possession',
  amrOf: () => 'otp',
  proof: 'generated_code',
  fields: () => [
    {
      name: 'name',
      inputType: 'text',
      autocomplete: 'off',
      isRequired: false,
      maximumLength: longestMethodName,
    },
  ],
  draft: (input) => {
    const read = readMethodName(input['name'] ?? '');
    if ('field' in read) return { errors: [read] };
    return { ...emptyDraft, secret: generateSecret({ length: 20 }), name: read.name };
  },
  readAddress: () => {
    throw new TypeError('an authenticator app has no address');
  },
  isEnough: () => true,
  mask: (address) => address,
  identity: () => {
    throw new TypeError('an authenticator app has no address');
  },
};
