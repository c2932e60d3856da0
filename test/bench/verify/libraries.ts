// The senders' own libraries. They are imported by names that the compiler does not follow, as the repository
// compiles without them; these types are the used parts.

interface StripeWebhooks {
  constructEvent(body: Buffer, header: string, secret: string): unknown;
  readonly signature: {
    verifyHeader(body: Buffer, header: string, secret: string, tolerance: number): boolean;
  };
}

interface StripeClass {
  new (key: string): { readonly webhooks: StripeWebhooks };
}

interface WebhookClass {
  new (secret: string): {
    verify(
      body: string,
      headers: Readonly<Record<string, string>>,
      options: { readonly jsonParse: boolean },
    ): unknown;
  };
}

/** `stripe` */
export async function stripeLibrary(): Promise<{ readonly webhooks: StripeWebhooks }> {
  const { default: Stripe } = await load<{ default: StripeClass }>('stripe');
  return new Stripe('sk_test_none');
}

/** `@octokit/webhooks-methods` */
export function githubLibrary(): Promise<{
  verify(secret: string, body: string, signature: string): Promise<boolean>;
}> {
  return load('@octokit/webhooks-methods');
}

/** `standardwebhooks` */
export function standardWebhooksLibrary(): Promise<{ readonly Webhook: WebhookClass }> {
  return load('standardwebhooks');
}

async function load<Library>(name: string): Promise<Library> {
  return (await import(name)) as Library;
}
