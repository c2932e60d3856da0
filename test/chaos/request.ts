/** The outcome of a request. */
export type Answered =
  | { readonly kind: 'answered'; readonly status: number; readonly hasRetryAfter: boolean }
  /** It is unknown whether it arrived. */
  | { readonly kind: 'failed' };

export async function request(
  url: string,
  body: string | Buffer,
  headers: Record<string, string>,
): Promise<Answered> {
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers,
      body: body.toString(),
      signal: AbortSignal.timeout(20_000),
    });
    await response.arrayBuffer();
    const hasRetryAfter = Number(response.headers.get('retry-after')) > 0;
    return { kind: 'answered', status: response.status, hasRetryAfter };
  } catch {
    return { kind: 'failed' };
  }
}
