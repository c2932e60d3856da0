import type { ServerResponse } from 'node:http';
import type { Clock } from '../clock/clock.js';
import { ConfigurationError } from '../errors/configuration.error.js';
import type { Answer } from './answer.js';
import { answerAndClose } from './closing-answer.js';
import { isConsentRequest } from './consent-request.js';
import { HostRoutes, type Layer } from './host-routes.js';
import type { HttpMount, MethodsOf } from './http.mount.js';
import type { RawRequest } from './raw-request.js';
import type { ReceiverRoute } from './receiver.route.js';
import { originForm } from './request-target.js';
import { sourceRequest, type FrameworkRequest } from './source-request.js';
import { hasUnreadBody } from './unread-body.js';
import type { WebhookReceiver } from './webhook.receiver.js';

/** The part of an Express application that is used here. */
interface ExpressApplication {
  use(middleware: Middleware): unknown;
  readonly router?: { readonly stack?: readonly Layer[] };
}

interface ExpressRequest extends RawRequest, FrameworkRequest {
  /** Without the path at which an outer application has mounted this one. */
  readonly url: string;
}

type Next = (error?: unknown) => void;
type Middleware = (request: ExpressRequest, response: ServerResponse, next: Next) => void;

/** Names of the middleware functions that `express.json()` and the other parsers return. */
const BODY_PARSERS: ReadonlySet<string> = new Set([
  'jsonParser',
  'urlencodedParser',
  'rawParser',
  'textParser',
]);

/**
 * The receiver in an Express application: a middleware that stands before every body parser, guard and filter of
 * the host, and passes on the requests that are not for the receiver.
 *
 * @internal
 */
export class ExpressMount implements HttpMount {
  private route: ReceiverRoute | undefined;
  private readonly middleware: Middleware;
  private readonly hostRoutes: HostRoutes;

  constructor(
    private readonly application: ExpressApplication,
    private readonly receiver: WebhookReceiver,
    private readonly clock: Clock,
    private readonly methodsOf: MethodsOf,
  ) {
    this.hostRoutes = new HostRoutes(() => application.router?.stack ?? []);
    this.middleware = (request, response, next) => this.handle(request, response, next);
    // At once: Nest and the host add their parsers later, and the route is known only after that.
    application.use(this.middleware);
  }

  /** @throws {ConfigurationError} when a body parser comes first */
  open(route: ReceiverRoute): void {
    this.refuseEarlierParsers(route);
    this.route = route;
  }

  clashOf(method: string, source: string, { base }: ReceiverRoute): string | undefined {
    return this.hostRoutes.madeFor(method, `${base}${source}`, base, `${base}:source`);
  }

  private handle(request: ExpressRequest, response: ServerResponse, next: Next): void {
    const { route } = this;
    const source = route?.match(originForm(request.url));
    if (
      route === undefined ||
      source === undefined ||
      isPreflight(request) ||
      this.isForHost(source, request, route)
    ) {
      next();
      return;
    }
    this.receiver
      .receive(sourceRequest(source, request, request))
      .then((answer) => this.send(request, response, answer))
      .catch(next);
  }

  private send(
    request: ExpressRequest,
    response: ServerResponse,
    answer: Answer | undefined,
  ): void {
    if (answer === undefined || response.destroyed) return;
    if (hasUnreadBody(request)) {
      answerAndClose(request, response, answer, this.clock);
      return;
    }
    response.writeHead(answer.status, answer.headers);
    response.end(answer.body);
  }

  /** The host may have routes of its own below the receiver's path; for unknown sources only those. */
  private isForHost(
    source: string,
    { method = '', url }: ExpressRequest,
    { base }: ReceiverRoute,
  ): boolean {
    if (this.methodsOf(source)?.has(method) === true) return false;
    const [path = ''] = originForm(url).split('?', 1);
    return this.hostRoutes.answers(method, path, base);
  }

  private refuseEarlierParsers(route: ReceiverRoute): void {
    for (const layer of this.application.router?.stack ?? []) {
      if (layer.handle === this.middleware) return;
      const name = typeof layer.handle === 'function' ? layer.handle.name : '';
      if (!BODY_PARSERS.has(name) || layer.match?.(`${route.base}source`) === false) continue;
      throw ConfigurationError.because(
        'path',
        `The Express application that Nest was given has a body parser (${name}) already, which ` +
          'reads requests before their signatures can be verified.',
        'Let Nest add the parser (app.useBodyParser() or app.use() after NestFactory.create()), or ' +
          `give it a path that leaves out '${route.base}'.`,
      );
    }
  }
}

/** A browser's preflight, which the host's CORS answers. Browsers never send the header of a consent request. */
function isPreflight({ method, headers }: ExpressRequest): boolean {
  return (
    method === 'OPTIONS' &&
    headers['access-control-request-method'] !== undefined &&
    !isConsentRequest(headers)
  );
}
