/** The consent room's handlers: what they tell, and how each answer ends. The page itself is in the journeys. */
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { consentRoom } from '../../../interactions/consent/consent.ts';
import type {
  FormStep,
  Interaction,
  PromptName,
  Routes,
  Step,
  StepResult,
} from '../../../interactions/shell/contract.ts';
import type { Language } from '../../../locales/translator.ts';
import { loadTranslators } from '../../../locales/translator.ts';
import { InvalidForm } from '../../../security-info/errors.ts';

const translators = loadTranslators(fileURLToPath(new URL('../../../locales', import.meta.url)));

function openRoom() {
  const gets = new Map<string, (step: Step) => Promise<void>>();
  const posts = new Map<string, (step: FormStep) => Promise<void>>();
  const promptsOf: (readonly PromptName[])[] = [];
  const routes: Routes = {
    get: (path, prompts, handler) => {
      promptsOf.push(prompts);
      gets.set(path, handler);
    },
    post: (path, prompts, handler) => {
      promptsOf.push(prompts);
      posts.set(path, handler);
    },
  };
  consentRoom(routes);
  return { get: gets.get('/consent'), post: posts.get('/consent'), promptsOf };
}

function createStep(
  asked: Pick<Interaction, 'missingScopes' | 'missingClaims'>,
  form: FormStep['form'] = {},
  language: Language = 'en',
) {
  const shown: { view: string; page: object }[] = [];
  const results: StepResult[] = [];
  const interaction: Interaction = {
    uid: 'uid-1',
    signedInAt: new Date(),
    cid: 'cid-1',
    prompt: 'consent',
    reasons: [],
    accountId: 'ada',
    client: {
      clientId: 'app',
      name: 'Some App',
      isFirstParty: false,
      isExempt: false,
      policyUri: null,
      termsUri: null,
    },
    uiLocales: [],
    loginHint: null,
    ...asked,
  };
  const step: Omit<FormStep, 'ctx'> = {
    interaction,
    words: translators.in(language),
    base: '/interaction/uid-1',
    show: async (view, page) => {
      shown.push({ view, page });
    },
    goTo: () => undefined,
    finish: async (result) => {
      results.push(result);
    },
    form,
  };
  // The handlers have no business with Koa's context: reading it fails the test.
  return { step: new Proxy(step, { get: readAllButContext }) as FormStep, shown, results };
}

function readAllButContext(target: object, name: string | symbol): unknown {
  if (name === 'ctx') throw new Error('the room read ctx');
  return Reflect.get(target, name);
}

test('is open at the consent prompt only', () => {
  expect(openRoom().promptsOf).toEqual([['consent'], ['consent']]);
});

test.each([
  ['en', 'Your name, your user name'],
  ['fr', 'Votre nom, votre nom d’utilisateur'],
] as const)('says in words what the app will learn (%s)', async (language, sentence) => {
  const { step, shown } = createStep(
    { missingScopes: ['openid', 'profile', 'email', 'offline_access', 'x:y'], missingClaims: ['sub', 'acr'] },
    {},
    language,
  );
  await openRoom().get?.(step);
  const [page] = shown;
  expect(page?.view).toBe('consent/consent');
  expect(page?.page).toMatchObject({ action: '/interaction/uid-1/consent', client: { name: 'Some App' } });
  const text = JSON.stringify(page?.page);
  expect(text).toContain(sentence);
  expect(text).toContain('x:y');
  expect(text).not.toContain('offline_access');
});

test('says each thing once', async () => {
  const { step, shown } = createStep({ missingScopes: ['email'], missingClaims: ['email'] });
  await openRoom().get?.(step);
  expect(shown[0]?.page).toHaveProperty('learns.length', 1);
});

test.each([
  ['allow', 'consented'],
  ['deny', 'cancelled'],
])('the answer %s ends the step as %s', async (decision, kind) => {
  const { step, results } = createStep({ missingScopes: [], missingClaims: [] }, { decision });
  await openRoom().post?.(step);
  expect(results).toEqual([{ kind }]);
});

test.each([{}, { decision: 'yes' }, { decision: '' }, { allow: 'allow' }])(
  'takes no other answer for consent: %j',
  async (form) => {
    const { step, results } = createStep({ missingScopes: ['openid'], missingClaims: [] }, form);
    await expect(openRoom().post?.(step)).rejects.toThrow(InvalidForm);
    expect(results).toEqual([]);
  },
);
