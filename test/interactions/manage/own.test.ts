/** The pages of the user's own account, in both languages: what they show, what they ask of the desk, how they end. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { InvalidInput, SignInDelayed } from '../../../security-info/errors.ts';
import type { OwnDesk } from '../../../security-info/own-desk.ts';
import { completeView, fakeDesk, fakeOwnDesk, methodView } from '../register/fake-desk.ts';
import { openPages, type SecurityInfoPages } from '../register/security-info-pages.ts';

const preferred = methodView({
  name: 'Home <b>',
  isPreferred: true,
  lastUsedAt: new Date('2026-02-10T10:00:00Z'),
  coolingOffUntilAt: new Date('2026-02-11T10:00:00Z'),
});
const overview = completeView({ methods: [preferred, methodView({ id: 'mail-2' })] });

let pages: SecurityInfoPages;
let answers: Partial<OwnDesk>;
afterEach(() => pages.close());

async function open(language: 'en' | 'fr' = 'en'): Promise<void> {
  pages = await openPages(fakeDesk(overview), {
    reasons: ['security_info_prompt'],
    language,
    ownDesk: fakeOwnDesk(answers),
  });
}
beforeEach(() => {
  answers = {};
});

describe.each(['en', 'fr'] as const)('in %s', (language) => {
  test.each(['', '/activity', '/password', '/sign-out-elsewhere', '/methods/mail-1/name'])(
    'the page %s has words for all that it says',
    async (path) => {
      await open(language);
      const { status, html } = await pages.get(`/security-info${path}`);
      expect(status).toBe(200);
      expect(html).not.toMatch(/\{\{|undefined|\[object|<b>/);
      expect(pages.failures).toEqual([]);
    },
  );
});

test('the overview shows name, preference, last use and cooling-off, and offers to prefer only what is not', async () => {
  await open();
  const { text, html } = await pages.get('/security-info');
  expect(text).toMatch(/home\.example Home &lt;b&gt;/);
  expect(text).toContain('Used first');
  expect(text).toContain('Last used on 10 February 2026');
  expect(text).toContain('11 February 2026');
  expect(html).toContain('/methods/mail-2/prefer');
  expect(html).not.toContain('/methods/mail-1/prefer');
  expect(html).toContain('/methods/mail-1/unprefer');
});

test('a name goes to the desk, and what is wrong with it is said at the field', async () => {
  await open();
  expect((await pages.post('/security-info/methods/mail-1/name', { name: 'Work' })).to).toBe(
    '/security-info?done=named',
  );
  await pages.close();
  answers = {
    nameMethod: async () => {
      throw new InvalidInput([{ field: 'name', code: 'control_characters' }]);
    },
  };
  await open();
  const refused = await pages.post('/security-info/methods/mail-1/name', { name: 'x"><script>' });
  expect(refused.status).toBe(422);
  expect(refused.html).not.toContain('<script>');
});

test('signing out elsewhere goes on with the same sign-in, once the second has begun', async () => {
  const signedInAt = new Date(Date.now() + 300);
  answers = { signOutElsewhere: async () => ({ signedInAt }) };
  await open();
  await pages.post('/security-info/sign-out-elsewhere');
  expect(Date.now()).toBeGreaterThanOrEqual(signedInAt.getTime());
  expect(pages.results).toEqual([{ kind: 'renewed', signedInAt }]);
});

test('a password that is refused is never repeated, and a delay says how long', async () => {
  answers = {
    changePassword: async () => {
      throw new SignInDelayed({ until: new Date('2026-02-11T10:00:00Z') });
    },
  };
  await open();
  const refused = await pages.post('/security-info/password', {
    currentPassword: 'a secret of mine',
    newPassword: 'another secret of mine',
    repeatPassword: 'another secret of mine',
  });
  expect(refused.status).toBe(429);
  expect(refused.text).toContain('11 February 2026');
  expect(refused.html).not.toContain('secret of mine');
  expect(pages.results).toEqual([]);
});
