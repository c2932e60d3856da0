import type { DiscoveryService, MetadataScanner, ModulesContainer } from '@nestjs/core';
import { STATIC_CONTEXT, type InstanceWrapper } from './internals.js';

/** A method of a provider or controller that carries a decorator's metadata. */
export interface DecoratedMethod<Metadata> {
  readonly wrapper: InstanceWrapper<object>;
  readonly host: HostClass;
  readonly methodName: string;
  readonly metadata: Metadata;
}

/** The class that a method belongs to. */
export interface HostClass {
  readonly name: string;
  readonly prototype: object;
}

/**
 * Finds the methods that carry a decorator among all providers and controllers of the application, exported
 * or not. Later calls find those of modules that were loaded since.
 *
 * @internal
 */
export class DecoratedMethods<Metadata> {
  private readonly seen = new Set<HostClass>();
  private seenModules = 0;

  constructor(
    private readonly discovery: DiscoveryService,
    private readonly scanner: MetadataScanner,
    private readonly modules: ModulesContainer,
    private readonly metadataOf: (method: object) => Metadata | undefined,
  ) {}

  /** Finds the methods of new classes; does nothing if no module was added. */
  findNew(): DecoratedMethod<Metadata>[] {
    if (this.modules.size === this.seenModules) return [];
    const found: DecoratedMethod<Metadata>[] = [];
    let complete = true;
    for (const wrapper of [...this.discovery.getProviders(), ...this.discovery.getControllers()]) {
      const methods = this.ofProvider(wrapper as InstanceWrapper<object>);
      if (methods === undefined) complete = false;
      else found.push(...methods);
    }
    if (complete) this.seenModules = this.modules.size;
    return found;
  }

  /** `undefined` if the class has such methods, but no instance yet. */
  private ofProvider(wrapper: InstanceWrapper<object>): DecoratedMethod<Metadata>[] | undefined {
    const host = classOf(wrapper);
    // A class that several modules provide counts once.
    if (host === undefined || this.seen.has(host)) return [];
    const methods: DecoratedMethod<Metadata>[] = [];
    for (const methodName of this.scanner.getAllMethodNames(host.prototype)) {
      const method: unknown = (host.prototype as Record<string, unknown>)[methodName];
      const metadata = typeof method === 'function' ? this.metadataOf(method) : undefined;
      if (metadata !== undefined) methods.push({ wrapper, host, methodName, metadata });
    }
    if (methods.length === 0) return [];
    // A transient provider has no instance of its own, ever.
    const awaited = wrapper.isDependencyTreeStatic() && !wrapper.isTransient;
    if (awaited && !isInstantiated(wrapper)) return undefined;
    this.seen.add(host);
    return methods;
  }
}

/** The class behind a provider, also if a factory or value provides the instance. */
function classOf(wrapper: InstanceWrapper<object>): HostClass | undefined {
  if (wrapper.isAlias) return undefined;
  const instance: unknown = wrapper.isDependencyTreeStatic() ? wrapper.instance : undefined;
  const host: unknown =
    typeof instance === 'object' && instance !== null ? instance.constructor : wrapper.metatype;
  return typeof host === 'function' && isObject(host.prototype) ? (host as HostClass) : undefined;
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

function isInstantiated(wrapper: InstanceWrapper<object>): boolean {
  return wrapper.getInstanceByContextId(STATIC_CONTEXT).isResolved === true;
}
