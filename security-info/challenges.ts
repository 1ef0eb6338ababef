/**
 * Issues and judges one-time codes. Pure: the code is derived from the challenge's id, sending it is an operation's.
 * 6 digits, 5 minutes, single use, 5 tries; bound to account, purpose and destination.
 * @see NIST SP 800-63B-4 §3.1.3.2 (out-of-band secrets: single use, at most 10 minutes)
 */
import { timingSafeEqual } from 'node:crypto';
import type { DataKeys } from './ports.ts';
import type { Challenge, ChallengePurpose, Channel, MethodType, SecurityInfoRecord } from './record.ts';

/** How long a code is valid. */
export const codeMinutes = 5;
/** Wrong answers that a challenge survives. */
export const maximumTries = 5;
/** A code with less time than this left is not sent again: a new one is. */
const leastMinutesLeft = 2;
/** Challenges that one record holds; the oldest give way. */
const maximumChallenges = 8;

const minute = 60_000;

/** What a challenge is bound to besides its account. */
export interface ChallengeTarget {
  readonly purpose: ChallengePurpose;
  readonly methodType: MethodType;
  readonly destinationHash: string;
}

/** Whether a code of this challenge can still be accepted. */
export function isLive(challenge: Challenge, now: Date): boolean {
  return challenge.expiresAt > now && challenge.tries < maximumTries;
}

/** The live challenge for a purpose and destination; undefined when there is none. */
export function findChallenge(
  record: SecurityInfoRecord,
  { purpose, destinationHash }: ChallengeTarget,
  now: Date,
): Challenge | undefined {
  return record.challenges.find(
    (challenge) =>
      challenge.purpose === purpose &&
      challenge.destinationHash === destinationHash &&
      isLive(challenge, now),
  );
}

/** A challenge that is to go out, and how. */
export interface OutgoingChallenge extends ChallengeTarget {
  readonly channel: Channel;
}

/**
 * Issues a challenge, or takes up the live one for the same purpose and destination, so that a resend sends the same
 * code. There is at most one of each. By which channel one that is taken up went out last is only known once it has.
 * @param id of a new challenge, random
 */
export function issueChallenge(
  record: SecurityInfoRecord,
  target: OutgoingChallenge,
  id: string,
  now: Date,
): { readonly next: SecurityInfoRecord; readonly challenge: Challenge } {
  const live = findChallenge(record, target, now);
  const isLongEnough =
    live !== undefined && live.expiresAt.getTime() - now.getTime() >= leastMinutesLeft * minute;
  const challenge: Challenge = isLongEnough
    ? { ...live, sends: live.sends + 1 }
    : {
        ...target,
        id,
        issuedAt: now,
        expiresAt: new Date(now.getTime() + codeMinutes * minute),
        tries: 0,
        sends: 1,
      };
  const others = record.challenges.filter(
    (other) => other.purpose !== target.purpose || other.destinationHash !== target.destinationHash,
  );
  return {
    next: { ...record, challenges: [...others.slice(-(maximumChallenges - 1)), challenge] },
    challenge,
  };
}

/**
 * The record as it was before a code that did not go out: one that was never sent is not waited for, and one that had
 * gone out before stays what it was. What somebody else has sent since stays too.
 * @param before the live challenge that it took up or took the place of
 */
export function takeBackSend(
  record: SecurityInfoRecord,
  { id }: Challenge,
  before: Challenge | undefined,
): SecurityInfoRecord {
  const challenges = record.challenges.flatMap((challenge) => {
    if (challenge.id !== id) return [challenge];
    const left = challenge.sends - 1;
    if (left === 0) return before === undefined || before.id === id ? [] : [before];
    return [{ ...challenge, sends: left }];
  });
  return { ...record, challenges };
}

/** The record once the code of a challenge that was there has gone out by this channel. */
export function withChannel(record: SecurityInfoRecord, id: string, channel: Channel): SecurityInfoRecord {
  const challenges = record.challenges.map((challenge) =>
    challenge.id === id ? { ...challenge, channel } : challenge,
  );
  return { ...record, challenges };
}

/** The code of a challenge. @see RFC 4226 §5.3 */
export function codeOf(keys: DataKeys, accountId: string, challenge: Challenge): string {
  return keys.deriveCode([challenge.id, accountId, challenge.purpose, challenge.destinationHash]);
}

/** What became of a code, and how it had gone out. */
export interface JudgedCode {
  readonly isRight: boolean;
  readonly channel: Channel | null;
  readonly next: SecurityInfoRecord;
}

/**
 * Judges a code: right consumes the challenge, wrong counts a try. Neither touches the wrong-proof counters, which
 * stand before this.
 */
export function judgeCode(
  record: SecurityInfoRecord,
  target: ChallengeTarget,
  typed: string,
  keys: DataKeys,
  now: Date,
): JudgedCode {
  const challenge = findChallenge(record, target, now);
  if (challenge === undefined) return { isRight: false, channel: null, next: record };
  const isRight = equalCodes(typed, codeOf(keys, record.accountId, challenge));
  const challenges = isRight
    ? record.challenges.filter(({ id }) => id !== challenge.id)
    : record.challenges.map((other) =>
        other.id === challenge.id ? { ...other, tries: other.tries + 1 } : other,
      );
  return { isRight, channel: challenge.channel, next: { ...record, challenges } };
}

/** What was typed as a code: spaces and hyphens between the digits are the typist's. */
export function normaliseCode(typed: string): string {
  return typed.length > 40 ? '' : typed.normalize('NFKC').replace(/[\s\p{Pd}]/gu, '');
}

function equalCodes(typed: string, code: string): boolean {
  const a = Buffer.from(typed);
  const b = Buffer.from(code);
  return a.length === b.length && timingSafeEqual(a, b);
}
