import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http';
import type { Clock } from '../clock/clock.js';
import { ConfigurationError } from '../errors/configuration.error.js';
import { describeError } from '../errors/describe-error.js';
import { answerAndClose } from './closing-answer.js';
import { isConsentRequest } from './consent-request.js';
import type { HttpMount } from './http.mount.js';
import type { RawRequest } from './raw-request.js';
import type { ReceiverRoute } from './receiver.route.js';
import { sourceRequest, type FrameworkRequest } from './source-request.js';
import { hasUnreadBody } from './unread-body.js';
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
    constraints?: Readonly<Record<string, string>>;
    /** With `false`, the CORS plugin ignores the route. */
    config?: { readonly cors: false };
  }): unknown;
  hasRoute(route: { method: string; url: string }): boolean;
  /** The names of its parameters are an array or keys, depending on the release. */
  findRoute(route: { method: string; url: string }): { readonly params: object } | null;
  hasConstraintStrategy(name: string): boolean;
  addConstraintStrategy(strategy: {
    name: string;
    storage: () => {
      get(value: string): unknown;
      set(value: string, handler: unknown): void;
    };
    deriveConstraint: (request: IncomingMessage) => string | undefined;
  }): void;
}

interface RouterOptions {
  readonly ignoreTrailingSlash?: boolean;
}

interface FastifyRequest extends FrameworkRequest {
  readonly raw: RawRequest;
  readonly params: unknown;
}

interface FastifyReply {
  readonly raw: ServerResponse;
  getHeaders(): OutgoingHttpHeaders;
  code(status: number): this;
  headers(headers: Readonly<Record<string, string>>): this;
  send(body: string | Buffer): this;
  hijack(): this;
  callNotFound(): unknown;
}

/**
 * Tells requests for consent from browsers' preflights: the CORS plugin would answer both before any route. An
 * identifier, because Fastify generates code from the name.
 */
const CONSENT = 'hooklineConsent';

/**
 * The receiver in a Fastify application: a route whose work is done before Fastify looks at the body, so
 * that no content type parser, body limit or `preParsing` hook of the host matters.
 *
 * @internal
 */
export class FastifyMount implements HttpMount {
  /** The host's routes of the receiver's own shape, such as `/webhooks/:id`, by their methods. */
  private readonly hostRoutes = new Map<string, string>();

  constructor(
    private readonly instance: FastifyInstance,
    private readonly receiver: WebhookReceiver,
    private readonly clock: Clock,
  ) {}

  /**
   * Receives by all methods that no route of the host has taken.
   *
   * @throws {ConfigurationError} when Fastify does not take the receiver's route
   */
  open({ base }: ReceiverRoute): void {
    const url = `${base}:source`;
    try {
      addConsentConstraint(this.instance);
      this.add(url);
      if (!ignoresTrailingSlash(this.instance)) this.add(`${url}/`);
    } catch (cause) {
      throw ConfigurationError.because(
        'path',
        `Fastify refuses the receiver's route '${url}': ${describeError(cause)}.`,
        'Choose another `path`, or another path for the controller that clashes with it.',
        { cause },
      );
    }
  }

  /** Fastify prefers a route without a parameter to the receiver's. */
  clashOf(method: string, source: string, { base }: ReceiverRoute): string | undefined {
    const url = `${base}${source}`;
    return this.instance.hasRoute({ method, url }) ? url : this.hostRoutes.get(method);
  }

  private add(url: string): void {
    const { instance } = this;
    const shared = {
      url,
      exposeHeadRoute: false,
      onRequest: (request: FastifyRequest, reply: FastifyReply) => this.take(request, reply),
      handler: (_request: FastifyRequest, reply: FastifyReply) => reply.callNotFound(),
    };
    // All methods, so that those other than POST are answered 405 instead of 404.
    const method = instance.supportedMethods.filter((name) => !this.isForHost(name, url));
    if (method.length > 0) instance.route({ ...shared, method });
    instance.route({
      ...shared,
      method: ['OPTIONS'],
      constraints: { [CONSENT]: 'asked' },
      config: { cors: false },
    });
  }

  private isForHost(method: string, url: string): boolean {
    if (!this.instance.hasRoute({ method, url })) return false;
    this.hostRoutes.set(method, pathOf({ method, url }, this.instance));
    return true;
  }

  private async take(request: FastifyRequest, reply: FastifyReply): Promise<unknown> {
    const { source } = request.params as { source: string };
    if (source === '') return reply.callNotFound();
    const answer = await this.receiver.receive(sourceRequest(source, request, request.raw));
    if (answer === undefined) return reply.hijack();
    if (hasUnreadBody(request.raw)) {
      reply.hijack();
      answerAndClose(request.raw, reply.raw, answer, this.clock, reply.getHeaders());
      return reply;
    }
    return reply.code(answer.status).headers(answer.headers).send(answer.body);
  }
}

/** The path of a host's route of the receiver's shape, with the host's own name for the parameter. */
function pathOf(
  { method, url }: { method: string; url: string },
  instance: FastifyInstance,
): string {
  const params = instance.findRoute({ method, url })?.params ?? [];
  const [name = 'source'] = Array.isArray(params) ? (params as string[]) : Object.keys(params);
  return url.replace(/:source(?=\/?$)/, `:${name}`);
}

function addConsentConstraint(instance: FastifyInstance): void {
  if (instance.hasConstraintStrategy(CONSENT)) return;
  instance.addConstraintStrategy({
    name: CONSENT,
    storage: () => {
      const handlers = new Map<string, unknown>();
      return {
        get: (value) => handlers.get(value) ?? null,
        set: (value, handler) => void handlers.set(value, handler),
      };
    },
    deriveConstraint: ({ headers }) => (isConsentRequest(headers) ? 'asked' : undefined),
  });
}

function ignoresTrailingSlash({ initialConfig }: FastifyInstance): boolean {
  const { ignoreTrailingSlash, routerOptions } = initialConfig;
  return ignoreTrailingSlash === true || routerOptions?.ignoreTrailingSlash === true;
}
