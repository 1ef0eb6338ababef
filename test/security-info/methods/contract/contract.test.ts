/** What the rest of the house counts on in every method of the registry, tried on each: one suite, a case a method. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formTokenField } from '../../../../interactions/shell/form-token.ts';
import { languages, loadTranslators, type MessageValues } from '../../../../locales/translator.ts';
import { packageFolder } from '../../../../provider/package-folder.ts';
import type { FieldError } from '../../../../security-info/errors.ts';
import type { Draft, FormField } from '../../../../security-info/methods/contract.ts';
import { contractOf, methodContracts } from '../../../../security-info/methods/registry.ts';
import { defaultPolicy } from '../../../../security-info/policy.ts';
import { channels, methodTypes } from '../../../../security-info/record.ts';
import { addressField } from '../../../../security-info/registration-rules.ts';
import { sealDraft, unsealDraft } from '../../../../security-info/sealing.ts';
import { keys } from '../../sample-record.ts';
import { contextWith, methodCases, someAccount, somePolicy, type Typed } from './cases.ts';

const translators = loadTranslators(packageFolder('locales'));
const runs = { numRuns: 100 };
/** What the form reader takes (interactions/shell/form.ts): names, and how many, the token among them. */
const formName = /^[A-Za-z][A-Za-z0-9_]{0,63}$/;
const mostFields = 31;
const registered8176 = 'face fpt geo hwk iris kba otp pin rba retina sc sms swk tel user vbm wia'.split(' ');

/** The text in every language, without anything left to be filled in. @throws where a language has none */
function hasWords(key: string, values: MessageValues = {}): void {
  for (const language of languages) {
    const text = translators.in(language).text(key, values);
    expect(text, `${key} in ${language}`).not.toMatch(/^\s*$|\{\{/);
  }
}

/** A refusal is told at its field, and above the form. */
function hasErrorWords({ code, values = {} }: Omit<FieldError, 'field'>): void {
  hasWords(`method.field_error.${code}`, values);
  hasWords(`field_error.${code}`, values);
}

function draftOf(made: Draft | { readonly errors: readonly FieldError[] }): Draft {
  if ('errors' in made) throw new Error(JSON.stringify(made.errors));
  return made;
}

/** Anything that may be typed into the fields of a form: what is on offer, what is nearly right, what is hostile. */
function typedInto(fields: readonly FormField[], valid: Typed): fc.Arbitrary<Typed> {
  const text = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 300 }),
    fc.string({ unit: 'grapheme', maxLength: 60 }),
    fc.constantFrom('', ' ', '\u200b', '@', '+', '__proto__', '\ud800', 'x'.repeat(5000), '١'.repeat(9)),
  );
  const typedValue = ({ name, options = [] }: FormField) => {
    const offered = options.map(({ value }) => value);
    const right = valid[name];
    return fc.oneof(
      text,
      ...(offered.length === 0 ? [] : [fc.constantFrom(...offered)]),
      ...(right === undefined ? [] : [fc.constant(right)]),
    );
  };
  const values = Object.fromEntries(fields.map((field) => [field.name, typedValue(field)]));
  return fc
    .record(values, { requiredKeys: [] })
    .map((typed) =>
      Object.fromEntries(
        Object.entries(typed).flatMap(([name, text]) => (text === undefined ? [] : [[name, text]])),
      ),
    );
}

test('every method of the registry has a case, and no case is of no method', () => {
  expect(Object.keys(methodCases).sort()).toEqual(Object.keys(methodContracts).sort());
  expect(Object.keys(methodContracts).sort()).toEqual([...methodTypes].sort());
});

test('the office phone, and it alone, is not for its user to register', () => {
  const notForUsers = methodTypes.filter((type) => !contractOf(type).isRegisteredByUser);
  expect(notForUsers).toEqual(['office_phone']);
});

test.each(['already_registered', 'office_number'])('%s, which registering adds, has its words', (code) => {
  hasErrorWords({ code });
});

describe.each(methodTypes)('%s', (type) => {
  const contract = contractOf(type);
  const example = methodCases[type];
  const allChannels = contextWith(contract.channels);
  const someContext = fc
    .record({ policy: somePolicy, account: someAccount, channels: fc.subarray([...contract.channels]) })
    .map((fields) => ({ ...allChannels, ...fields }));

  test('is what it is registered as, within limits that hold together', () => {
    expect(contract.type).toBe(type);
    expect(contract.maximum).toBeGreaterThanOrEqual(1);
    expect(contract.maximum).toBeLessThanOrEqual(10);
    expect(new Set(contract.channels).size).toBe(contract.channels.length);
    expect(channels).toEqual(expect.arrayContaining([...contract.channels]));
    expect(contract.channels.length > 0).toBe(contract.proof === 'sent_code');
    if (contract.noticeChannel !== null) expect(contract.channels).toContain(contract.noticeChannel);
    expect(contract.noticeChannel === null).toBe(example.addresses === null);
    if (contract.mayBeOnlyOne) expect(contract.countsAlone).toBe(true);
    expect(contract.countsAlone || !contract.isForAdmins).toBe(true);
  });

  test('has a form that every policy can show, in every language', () => {
    fc.assert(
      fc.property(someContext, (context) => {
        const fields = contract.fields(context);
        expect(new Set(fields.map(({ name }) => name)).size).toBe(fields.length);
        expect(fields.length).toBeLessThanOrEqual(mostFields);
        for (const field of fields) {
          expect(field.name).toMatch(formName);
          expect(field.name).not.toBe(formTokenField);
          expect(field.maximumLength).toBeGreaterThan(0);
          const words = `method.type.${type}.field.${field.word ?? field.name}`;
          hasWords(`${words}.label`, { number: field.number ?? 0 });
          hasWords(`${words}.hint`, { number: field.number ?? 0 });
        }
      }),
      { numRuns: 30 },
    );
  });

  test('offers choices that differ, fit their field and have words', () => {
    fc.assert(
      fc.property(someContext, (context) => {
        for (const { inputType, options, value, maximumLength } of contract.fields(context)) {
          expect(inputType === 'select' || inputType === 'radio').toBe(options !== undefined);
          const values = (options ?? []).map((option) => option.value);
          expect(new Set(values).size).toBe(values.length);
          expect(Math.max(0, ...values.map(({ length }) => length))).toBeLessThanOrEqual(maximumLength);
          expect(values).not.toContain('');
          if (options !== undefined && value !== undefined) expect(values).toContain(value);
          for (const { label } of options ?? []) {
            if ('key' in label) hasWords(label.key);
            if ('text' in label) expect(label.text.trim()).not.toBe('');
            if ('country' in label)
              expect(translators.in('en').country(label.country)).not.toBe(label.country);
          }
        }
      }),
      { numRuns: 30 },
    );
  });

  test('takes what is in order, and its draft opens as it was sealed', () => {
    const draft = draftOf(contract.draft(example.valid, allChannels));
    const open = { ...draft, type, replaces: 'old' };
    const sealed = sealDraft(keys, 'flow', 'draft', open);
    expect(unsealDraft(keys, 'flow', 'draft', sealed)).toEqual(open);
    expect(() => unsealDraft(keys, 'flow', 'other', sealed)).toThrow();
    // All that was typed, and what it was read as; two letters of a country may stand in what is sealed by chance.
    const clear = [...Object.values(example.valid), draft.address, draft.secret].filter(
      (value) => value !== null && value.length > 2,
    );
    for (const value of clear) expect(sealed).not.toContain(value);
  });

  test('drafts no more than its kind of proof takes', () => {
    const { address, secret, answers, channel } = draftOf(contract.draft(example.valid, allChannels));
    expect(address !== null).toBe(contract.proof === 'sent_code');
    expect(channel !== null).toBe(contract.proof === 'sent_code');
    expect(secret !== null).toBe(contract.proof === 'generated_code');
    expect(answers.length > 0).toBe(contract.proof === 'answers');
  });

  test('answers whatever is typed with a draft that can be sealed, or errors of its form that have words', () => {
    const typed = someContext.chain((context) =>
      typedInto(contract.fields(context), example.valid).map((input) => ({ context, input })),
    );
    fc.assert(
      fc.property(typed, ({ context, input }) => {
        const made = contract.draft(input, context);
        if ('errors' in made) {
          const names = contract.fields(context).map(({ name }) => name);
          expect(made.errors.length).toBeGreaterThan(0);
          for (const error of made.errors) {
            expect(names).toContain(error.field);
            hasErrorWords(error);
          }
          return;
        }
        const open = { ...made, type, replaces: null };
        expect(unsealDraft(keys, 'f', 'd', sealDraft(keys, 'f', 'd', open))).toEqual(open);
      }),
      { numRuns: 500 },
    );
  });

  test('knows every choice that it offers', () => {
    const chosen = someContext.chain((context) => {
      const selects = contract
        .fields(context)
        .flatMap(({ name, options = [] }) =>
          options.length === 0
            ? []
            : [[name, fc.constantFrom(...options.map(({ value }) => value))] as const],
        );
      return fc.record(Object.fromEntries(selects)).map((input) => ({ context, input }));
    });
    fc.assert(
      fc.property(chosen, ({ context, input }) => {
        const made = contract.draft({ ...example.valid, ...input }, context);
        const codes = 'errors' in made ? made.errors.map(({ code }) => code) : [];
        expect(codes).not.toContain('unknown_choice');
      }),
      runs,
    );
  });

  test('says of an empty form what is needed', () => {
    const made = contract.draft({}, allChannels);
    const fields = 'errors' in made ? made.errors.map(({ field }) => field) : [];
    expect(fields).toEqual(example.neededFields);
    const required = contract
      .fields(allChannels)
      .filter(({ isRequired, value }) => isRequired && value === undefined);
    expect(fields).toEqual(expect.arrayContaining(required.map(({ name }) => name)));
  });

  test('adds to amr only what RFC 8176 §2 has, and never what several kinds make together', () => {
    for (const channel of [null, ...contract.channels]) {
      const value = contract.amrOf(channel);
      if (value !== null) expect(registered8176).toContain(value);
    }
    if (contract.factor === null)
      expect(contract.channels.map(contract.amrOf)).toEqual(contract.channels.map(() => null));
  });

  test('is enough as its own form makes it, under the policy that it was made by', () => {
    for (const questionsToRegister of [3, 4, 5]) {
      const context = contextWith(contract.channels, { questionsToRegister });
      const draft = draftOf(contract.draft(example.valid, context));
      expect(contract.isEnough(draft, context.policy)).toBe(true);
    }
    const { answers } = draftOf(contract.draft(example.valid, allChannels));
    const isCut = contract.isEnough({ answers: answers.slice(1) }, defaultPolicy());
    expect(isCut).toBe(contract.proof !== 'answers');
  });

  test('has an address where it can be filled in beforehand, and none to compare where it has none', () => {
    if (contract.isPrefillable) expect(example.addresses).not.toBeNull();
    if (example.addresses === null) expect(() => contract.identity('x')).toThrow(TypeError);
    else expect(contract.fields(allChannels).map(({ name }) => name)).toContain(addressField(type));
  });
});

const withAddresses = methodTypes.flatMap((type) => {
  const { addresses } = methodCases[type];
  return addresses === null ? [] : [{ type, addresses }];
});

describe.each(withAddresses)('an address of $type', ({ type, addresses }) => {
  const contract = contractOf(type);
  const context = contextWith(contract.channels);
  const identityOf = (typed: Typed): string => {
    const { address } = draftOf(contract.draft(typed, context));
    return JSON.stringify(contract.identity(address ?? ''));
  };

  test('is one, however it is written, and another one is another', () => {
    const [identity, ...others] = new Set(addresses.spellings.map(identityOf));
    expect(others).toEqual([]);
    const different = [identity, ...addresses.others.map(identityOf)];
    expect(new Set(different).size).toBe(1 + addresses.others.length);
  });

  test('is spelled in one way: what was read is read again as the same', () => {
    for (const typed of [...addresses.spellings, ...addresses.others]) {
      const { address } = draftOf(contract.draft(typed, context));
      const again = draftOf(contract.draft({ [addressField(type)]: address ?? '' }, context));
      expect(again.address).toBe(address);
    }
  });

  test('is masked: enough to recognise, too little to use', () => {
    fc.assert(
      fc.property(addresses.some, (address) => {
        const masked = contract.mask(address);
        expect(masked).toMatch(addresses.mayShow(address));
        expect(masked).not.toContain(address);
      }),
      { numRuns: 500 },
    );
  });

  test('has an identity that is not its mask, nor another purpose than its kind', () => {
    fc.assert(
      fc.property(addresses.some, (address) => {
        const { purpose, value } = contract.identity(address);
        expect(purpose).toBe(contract.channels.includes('mail') ? 'mailbox' : 'phone');
        expect(contract.identity(value).value).toBe(value);
      }),
      runs,
    );
  });
});
