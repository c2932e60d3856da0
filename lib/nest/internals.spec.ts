import { Logger } from '@nestjs/common';
import {
  BaseExceptionFilterContext,
  EXCEPTION_FILTERS_METADATA,
  ExecutionContextHost,
  GuardsConsumer,
  GuardsContextCreator,
  Injector,
  InstanceWrapper,
  InterceptorsConsumer,
  InterceptorsContextCreator,
  ROUTE_ARGS_METADATA,
  RouteParamtypes,
  selectExceptionFilterMetadata,
  STATIC_CONTEXT,
} from './internals.js';

/** The members that the library uses: if a version of NestJS moves or changes one, this shows which. */
describe("Nest's internals", () => {
  it.each([
    [
      BaseExceptionFilterContext,
      ['createContext', 'createConcreteContext', 'getInstanceByMetatype'],
    ],
    [ExecutionContextHost, ['getArgs', 'getType', 'setType']],
    [GuardsConsumer, ['tryActivate']],
    [GuardsContextCreator, ['create', 'getGlobalMetadata']],
    [Injector, ['loadPerContext']],
    [InterceptorsConsumer, ['intercept']],
    [InterceptorsContextCreator, ['create', 'getGlobalMetadata']],
    [InstanceWrapper, ['isDependencyTreeStatic', 'getInstanceByContextId']],
  ] as const)('have the class %p with %s', ({ prototype }, methods) => {
    for (const method of methods) {
      expect(typeof (prototype as unknown as Record<string, unknown>)[method]).toBe('function');
    }
  });

  it('have the function that selects an exception filter', () => {
    const filter = { func: () => undefined, exceptionMetatypes: [TypeError] };
    expect(selectExceptionFilterMetadata([filter], new TypeError())).toBe(filter);
    expect(selectExceptionFilterMetadata([filter], new RangeError())).toBeUndefined();
  });

  it('have the keys of metadata and the context of singletons', () => {
    expect(EXCEPTION_FILTERS_METADATA).toBe('__exceptionFilters__');
    expect(ROUTE_ARGS_METADATA).toBe('__routeArguments__');
    expect(RouteParamtypes.BODY).toBe(3);
    expect(STATIC_CONTEXT).toMatchObject({ id: expect.any(Number) });
  });

  it('have a logger that knows its own instance', () => {
    expect('staticInstanceRef' in Logger).toBe(true);
  });
});
