import { ConfigurationError } from '../errors/configuration.error.js';
import { originOf } from './request-origin.js';
import type { ReceiverRoute } from './receiver.route.js';
import type { RawRequest } from './request-body.js';
import type { WebhookReceiver } from './webhook.receiver.js';

/** The part of a Fastify instance that is used here. */
interface FastifyInstance {
  readonly supportedMethods: readonly string[];
  readonly initialConfig: RouterOptions & { readonly routerOptions?: RouterOptions };
  route(route: {
    method: readonly string[];
    url: string;
    exposeHeadRoute: boolean;
    onRequest: (request: FastifyRequest, reply: FastifyReply) => Promise<unknown>;
    handler: (request: FastifyRequest, reply: FastifyReply) => unknown;
  }): unknown;
}

interface RouterOptions {
  readonly ignoreTrailingSlash?: boolean;
}

interface FastifyRequest {
  readonly raw: RawRequest;
  readonly originalUrl: string;
  /** By the host's `trustProxy`. */
  readonly protocol?: string;
  readonly host?: string;
  readonly params: unknown;
}

interface FastifyReply {
  code(status: number): this;
  headers(headers: Readonly<Record<string, string>>): this;
  send(body: string): this;
  hijack(): this;
  callNotFound(): unknown;
}

/**
 * Puts the receiver into a Fastify application: a route whose work is done before Fastify looks at
 * the body, so that no content type parser, body limit or `preParsing` hook of the host matters.
 *
 * @throws {ConfigurationError} when the host has the same route
 * @internal
 */
export function mountOnFastify(
  instance: FastifyInstance,
  route: ReceiverRoute,
  receiver: WebhookReceiver,
): void {
  const onRequest = async (request: FastifyRequest, reply: FastifyReply): Promise<unknown> => {
    const { source } = request.params as { source: string };
    if (source === '') return reply.callNotFound();
    const answer = await receiver.receive({
      source,
      url: request.originalUrl,
      origin: originOf(request),
      raw: request.raw,
    });
    if (answer === undefined) return reply.hijack();
    return reply.code(answer.status).headers(answer.headers).send(answer.body);
  };
  const add = (url: string): unknown =>
    instance.route({
      // All of them, for a 405 instead of a 404.
      method: instance.supportedMethods,
      url,
      exposeHeadRoute: false,
      onRequest,
      handler: (_request, reply) => reply.callNotFound(),
    });

  const url = `${route.base}:source`;
  try {
    add(url);
    if (!ignoresTrailingSlash(instance)) add(`${url}/`);
  } catch (cause) {
    throw ConfigurationError.because(
      'path',
      `The application has a route that clashes with the receiver's '${url}'.`,
      'Choose another `path`, or another path for the controller.',
      { cause },
    );
  }
}

function ignoresTrailingSlash({ initialConfig }: FastifyInstance): boolean {
  const { ignoreTrailingSlash, routerOptions } = initialConfig;
  return ignoreTrailingSlash === true || routerOptions?.ignoreTrailingSlash === true;
}
