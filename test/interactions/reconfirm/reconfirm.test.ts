/** The review: by acknowledgement, by proof, under an administrator's mark. */
import { afterEach, expect, test } from 'vitest';
import type { Desk, Overview } from '../../../security-info/desk.ts';
import { MethodNotFound, NotFinished, ProofRequired } from '../../../security-info/errors.ts';
import type { ReviewBy } from '../../../security-info/review.ts';
import { appView, completeView, fakeDesk, methodView, reviewView } from '../register/fake-desk.ts';
import type { SecurityInfoPages } from '../register/security-info-pages.ts';
import { openPages } from '../register/security-info-pages.ts';

let pages: SecurityInfoPages | undefined;
afterEach(() => pages?.close());

const refuse = (error: Error) => async () => {
  throw error;
};

async function open(overview: Overview, answers: Partial<Desk> = {}) {
  pages = await openPages(fakeDesk(overview, answers), { reasons: ['reconfirmation_due'] });
  return pages;
}

test('shows each method masked, when it was verified, and one main button', async () => {
  const { get } = await open(reviewView());
  const { text, html } = await get('/security-info');
  expect(text).toContain('Is your security info still right?');
  expect(text).toContain('n•••a@home.example');
  expect(text).toContain('Verified on 3 February 2026');
  expect(text).toContain('To be checked by 2 August 2026');
  expect(text.match(/Looks good/g)).toHaveLength(2);
  expect(text).toContain('Everything is right');
  expect(html.match(/class="(button )?main"/g)).toHaveLength(1);
});

test('says when it is asked next, unless the date is the one that the review is about', async () => {
  const { get } = await open(reviewView());
  expect((await get('/security-info')).text).toContain('After this we will ask you again on 3 May 2027.');
  await pages?.close();
  const past = await open(reviewView({ nextDueAt: new Date('2026-08-02T10:00:00Z') }));
  expect((await past.get('/security-info')).text).not.toContain('ask you again');
});

test('says that an administrator asks', async () => {
  const dueAt = new Date('2026-08-02T10:00:00Z');
  const { get } = await open(reviewView({ status: { kind: 'reconfirmation_due', reason: 'admin', dueAt } }));
  expect((await get('/security-info')).text).toContain('Your administrator asks you to check it.');
});

test('acknowledges all that wait and finishes', async () => {
  const overview = reviewView({
    methods: [appView({ isDueForReview: true, isReviewed: true }), methodView({ isDueForReview: true })],
  });
  const { post, asked, results } = await open(overview);
  expect((await post('/security-info/all-right')).to).toBe('http://app.example/done');
  expect(asked()).toEqual([
    { what: 'acknowledge', arguments: ['mail-1'] },
    { what: 'finish', arguments: [] },
  ]);
  expect(results).toEqual([{ kind: 'security_info', addedAmr: ['otp'] }]);
});

test('acknowledges one method and stays', async () => {
  const { post, asked, results } = await open(reviewView());
  expect((await post('/security-info/methods/mail-1/looks-good')).to).toBe('/security-info?done=looks_good');
  expect(asked()).toEqual([{ what: 'acknowledge', arguments: ['mail-1'] }]);
  expect(results).toEqual([]);
});

const reviewOf = ([ofApp, ofMail]: readonly [ReviewBy, ReviewBy]): Overview =>
  reviewView({
    methods: [
      appView({ isDueForReview: true, reviewBy: ofApp }),
      methodView({ isDueForReview: true, reviewBy: ofMail, isReachable: ofMail === 'prove' }),
    ],
  });

test('asks ‘looks good’ of what no code can reach, beside what is to be proved', async () => {
  const { get } = await open(reviewOf(['prove', 'acknowledge']));
  const { text, html } = await get('/security-info');
  expect(html).toMatch(/class="button main" href="[^"]*\/methods\/app_1\/prove"/);
  expect(html).toMatch(/action="[^"]*\/methods\/mail-1\/looks-good"/);
  expect(html).not.toMatch(/href="[^"]*\/methods\/mail-1\/prove"/);
  expect(text).toContain('No code can be sent there at the moment.');
});

test('ends at once where nothing that waits can be proved', async () => {
  const proved = appView({ isDueForReview: true, isReviewed: true, reviewBy: 'prove' });
  const waiting = methodView({ isDueForReview: true, reviewBy: 'acknowledge', isReachable: false });
  const { get } = await open(reviewView({ methods: [proved, waiting] }));
  expect((await get('/security-info')).text).toContain('Everything is right');
});

test('leads to the proof where acknowledging is not enough', async () => {
  const { get, post, results } = await open(reviewOf(['prove', 'prove']), {
    acknowledge: refuse(new ProofRequired()),
  });
  const { text, html } = await get('/security-info');
  expect(text).toContain('Check with a code');
  expect(text).not.toContain('Looks good');
  expect(html).toMatch(/class="button main" href="[^"]*\/methods\/app_1\/prove"/);
  expect((await post('/security-info/methods/mail-1/looks-good')).to).toBe(
    '/security-info/methods/mail-1/prove',
  );
  const { to } = await post('/security-info/all-right');
  expect(to).toBe('/security-info?note=prove_first');
  expect((await get(to ?? '')).text).toContain('have to be proved with a code first');
  expect(results).toEqual([]);
});

test('shows the review with what is missing when it cannot end', async () => {
  const { post, results } = await open(reviewView(), { finish: refuse(new NotFinished({ missing: 0 })) });
  const { status, text } = await post('/security-info/all-right');
  expect(status).toBe(409);
  expect(text).toContain('Something is missing still.');
  expect(results).toEqual([]);
});

test('ends with the date of the next time', async () => {
  const { get } = await open(completeView());
  const { text, html } = await get('/security-info');
  expect(text).toContain('Your security info is up to date');
  expect(text).toContain('After this we will ask you again on 3 May 2027.');
  expect(html).toMatch(/action="[^"]*\/finish"/);
});

test.each(['no-such', '..%2F..', '%00', 'a'.repeat(3000)])('knows no such method (%#)', async (id) => {
  const { post, failures } = await open(reviewView(), { acknowledge: refuse(new MethodNotFound()) });
  expect((await post(`/security-info/methods/${id}/looks-good`)).status).toBe(404);
  expect(failures).toEqual([]);
});
