import type { EmailMessage } from './email.notification.js';

/** The part of `MailerOptions` that is used here. */
export interface MailerSetup {
  readonly transport?: unknown;
  /** Further ones, by name. */
  readonly transports?: Readonly<Record<string, unknown>>;
  readonly defaults?: { readonly from?: EmailMessage['from'] };
  readonly template?: { readonly adapter?: TemplateAdapter; readonly resolver?: unknown };
}

/** Fills in templates: puts the HTML into the data that it is given. */
interface TemplateAdapter {
  compile(mail: { data: MailData }, callback: (error?: unknown) => void, options: unknown): void;
}

type MailData = Omit<EmailMessage, 'html'> & { html?: string };

/**
 * The HTML body of an e-mail, or `undefined` to leave it to the mailer. Templates cannot be left to
 * it: where nodemailer calls an adapter that throws (most do, for a missing template), the rejection cannot be
 * caught and ends the process. Every adapter throws for an e-mail with only text.
 *
 * @internal
 */
export function htmlOf(
  message: EmailMessage,
  setup: MailerSetup | undefined,
): Promise<string> | string | undefined {
  const { html, text = '', template } = message;
  const { adapter, resolver } = setup?.template ?? {};
  if (html !== undefined && html !== '') return html;
  if (adapter === undefined) return undefined;
  if (template === undefined) return textAsHtml(text);
  return resolver === undefined ? rendered(message, adapter, setup) : undefined;
}

function rendered(
  message: EmailMessage,
  adapter: TemplateAdapter,
  setup: unknown,
): Promise<string> {
  return new Promise((resolve, reject) => {
    const data: MailData = { ...message };
    const done = (error?: unknown): void => {
      if (error !== undefined && error !== null) reject(error);
      else resolve(data.html ?? '');
    };
    adapter.compile({ data }, done, setup);
  });
}

function textAsHtml(text: string): string {
  const escaped = text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
  return `<pre style="font: inherit; white-space: pre-wrap">${escaped}</pre>`;
}
