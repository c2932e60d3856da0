/** A layer of Express's router: a route, or what the host has mounted at a path. */
export interface Layer {
  readonly handle?: unknown;
  readonly route?: Route | undefined;
  /** Truthy where the layer takes the path. */
  match?(path: string): unknown;
}

interface Route {
  readonly path: unknown;
  /** The methods that it takes, in lower case; `_all` for all of them. */
  readonly methods?: Readonly<Record<string, boolean>>;
}

/**
 * The routes that an Express application has beside the receiver.
 *
 * @internal
 */
export class HostRoutes {
  constructor(private readonly layers: () => readonly Layer[]) {}

  /**
   * Whether the host would answer a request. Express answers OPTIONS for a path that has a route of any method.
   *
   * @param base the receiver's path: middleware that is mounted there or above sees all requests to the
   *   receiver, and so does not count
   */
  answers(method: string, path: string, base: string): boolean {
    return this.layers().some((layer) =>
      layer.route === undefined
        ? matches(layer, path) && !matches(layer, base)
        : (method === 'OPTIONS' || takes(layer.route, method)) && matches(layer, path),
    );
  }

  /**
   * Finds the route that is made for this path. A wildcard, or a route that takes paths outside the receiver's too,
   * does not count: it is there for requests that no other route takes.
   *
   * @param base the receiver's path
   * @param own the receiver's own pattern, which Nest registers where the host excludes it from its prefix
   * @returns the path of that route
   */
  madeFor(method: string, path: string, base: string, own: string): string | undefined {
    for (const layer of this.layers()) {
      const { route } = layer;
      if (route === undefined || !takes(route, method) || !matches(layer, path)) continue;
      const { path: pattern } = route;
      if (typeof pattern !== 'string' || pattern === own) continue;
      if (!pattern.startsWith(base) || pattern.includes('*')) continue;
      return pattern;
    }
    return undefined;
  }
}

/** Express answers HEAD by the route for GET. */
function takes({ methods = {} }: Route, method: string): boolean {
  const name = method.toLowerCase();
  return (
    methods['_all'] === true ||
    methods[name] === true ||
    (name === 'head' && methods['get'] === true)
  );
}

function matches(layer: Layer, path: string): boolean {
  try {
    return Boolean(layer.match?.(path));
  } catch {
    // A path that cannot be decoded matches nothing.
    return false;
  }
}
