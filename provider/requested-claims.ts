/**
 * Which `claims` parameters are taken: the request is kept with the sign-in, so its names and its depth must be what
 * the store can hold. What the library checks by itself is not repeated here.
 */
import { errors } from 'oidc-provider';

/** A claim's name, its request, and a list of values: nothing of OpenID Connect Core §5.5.1 lies deeper. */
const maximumDepth = 8;
const maximumMembers = 500;
const maximumNameLength = 200;

/**
 * Refuses what no app can mean and no store can hold.
 * @throws {errors.InvalidRequest} `invalid_request`, told to the app
 * @see OpenID Connect Core 1.0 §5.5
 */
export function checkRequestedClaims(_ctx: unknown, claims: unknown): void {
  let level: readonly unknown[] = [claims];
  let members = 0;
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > maximumDepth) throw new errors.InvalidRequest('claims parameter is nested too deeply');
    const entries = level.flatMap((value) =>
      typeof value === 'object' && value !== null ? Object.entries(value) : [],
    );
    members += entries.length;
    if (members > maximumMembers) throw new errors.InvalidRequest('claims parameter asks for too much');
    if (!entries.every(([name]) => isName(name))) {
      throw new errors.InvalidRequest('claims parameter has a name that no claim can have');
    }
    level = entries.map(([, value]) => value);
  }
}

/** A NUL ends a name in BSON, and `__proto__` is one that JavaScript gives a meaning to. */
function isName(name: string): boolean {
  return (
    name !== '' && name !== '__proto__' && name.length <= maximumNameLength && !/[\p{Cc}\p{Cs}]/u.test(name)
  );
}
