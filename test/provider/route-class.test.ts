/** Classes of paths: so many and no more, and nothing of a person's in them. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { methodClass, routeClass } from '../../provider/route-class.ts';

test.each([
  ['/auth?client_id=app&login_hint=ada%40home.example', '/auth'],
  ['/auth/8f0vI2', '/auth/:uid'],
  ['/interaction/8f0vI2/sign-in', '/interaction/:uid/sign-in'],
  ['/interaction/8f0vI2/security-info', '/interaction/:uid/security-info'],
  ['/interaction/8f0vI2/security-info/finish', '/interaction/:uid/security-info/finish'],
  ['/interaction/8f0vI2/security-info/add/email/code', '/interaction/:uid/security-info/add/:id/code'],
  [
    '/interaction/8f0vI2/security-info/methods/m1/replace',
    '/interaction/:uid/security-info/methods/:id/replace',
  ],
  ['/interaction/8f0vI2/security-info/something/new', '/interaction/:uid/security-info/*'],
  ['/device?user_code=BCDF-GHJK', '/device'],
  ['/device/BCDF-GHJK', '/device/:uid'],
  ['/reset/second/m1/prove', '/reset/second/:id/prove'],
  ['/reset/method/email', '/reset/method/:type'],
  ['/security-info/undo?code=ABCD', '/security-info/undo'],
  ['/style-0123456789ab.css', '/assets/*'],
  ['/admin/api/accounts/ada', '/admin/api/*'],
  ['/admin/accounts/ada', '/admin/*'],
  ['/wp-login.php', 'other'],
  ['*', 'other'],
])('%s is %s', (url, route) => {
  expect(routeClass(url)).toBe(route);
});

test('whatever is asked for, what a stranger wrote is in no class', () => {
  const word = fc.constantFrom(
    ...[
      'auth',
      'interaction',
      'security-info',
      'reset',
      'add',
      'code',
      'device',
      'methods',
      'second',
      'admin',
    ],
    ...['stranger', 'Stranger%20', 'api', 'stranger.css'],
  );
  const classes = new Set<string>();
  fc.assert(
    fc.property(fc.array(word, { maxLength: 7 }), fc.string(), (words, query) => {
      const route = routeClass(`/${words.join('/')}?${query}`);
      classes.add(route);
      return !/stranger/i.test(route);
    }),
    { numRuns: 2_000 },
  );
  expect(classes.size).toBeLessThan(60);
});

test('a method that nobody knows is none', () => {
  expect(methodClass('POST')).toBe('POST');
  expect(methodClass('PROPFIND')).toBe('other');
  expect(methodClass(undefined)).toBe('other');
});
