/**
 * What node-oidc-provider's ready-made device form holds, for a form of our own: its input has an inline script and
 * no label. Knows the library's markup and nothing else.
 */

/** The parts of the library's form that the provider must get back. */
export interface DeviceForm {
  readonly action: string;
  /** The library's anti-forgery token. */
  readonly xsrf: string;
  /** The code that was typed or followed from a link; empty where there is none. */
  readonly userCode: string;
}

/**
 * Reads the form.
 * @throws {Error} when the markup is not the library's: a release that changed it
 */
export function readDeviceForm(html: string): DeviceForm {
  const action = attribute(/<form[^>]*>/.exec(html)?.[0], 'action');
  const inputs = [...html.matchAll(/<input[^>]*>/g)].map(([tag]) => tag);
  const named = (name: string): string | undefined => inputs.find((tag) => attribute(tag, 'name') === name);
  const xsrf = attribute(named('xsrf'), 'value');
  if (action === undefined || xsrf === undefined) throw new Error('the device form has an unknown markup');
  return { action, xsrf, userCode: attribute(named('user_code'), 'value') ?? '' };
}

const entities: Readonly<Record<string, string>> = {
  '&lt;': '<',
  '&gt;': '>',
  '&quot;': '"',
  '&#39;': "'",
  '&amp;': '&',
};

function attribute(tag: string | undefined, name: string): string | undefined {
  const value = new RegExp(`\\s${name}="([^"]*)"`).exec(tag ?? '')?.[1];
  return value?.replace(/&(?:lt|gt|quot|#39|amp);/g, (entity) => entities[entity] ?? entity);
}
