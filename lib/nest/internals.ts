/**
 * Everything that the library uses of NestJS's internals, which no version promises to keep. NestJS 12 offers
 * some of it under `@nestjs/core/internal` and `@nestjs/common/internal`; NestJS 11 has no such entries.
 * These paths exist in both.
 */
export { EXCEPTION_FILTERS_METADATA, ROUTE_ARGS_METADATA } from '@nestjs/common/constants.js';
export { RouteParamtypes } from '@nestjs/common/enums/route-paramtypes.enum.js';
export type { ExceptionFilterMetadata } from '@nestjs/common/interfaces/exceptions/exception-filter-metadata.interface.js';
export { selectExceptionFilterMetadata } from '@nestjs/common/utils/select-exception-filter-metadata.util.js';
export { BaseExceptionFilterContext } from '@nestjs/core/exceptions/base-exception-filter-context.js';
export { GuardsConsumer } from '@nestjs/core/guards/guards-consumer.js';
export { GuardsContextCreator } from '@nestjs/core/guards/guards-context-creator.js';
export { ExecutionContextHost } from '@nestjs/core/helpers/execution-context-host.js';
export { STATIC_CONTEXT } from '@nestjs/core/injector/constants.js';
export { Injector } from '@nestjs/core/injector/injector.js';
export { InstanceWrapper } from '@nestjs/core/injector/instance-wrapper.js';
export { InterceptorsConsumer } from '@nestjs/core/interceptors/interceptors-consumer.js';
export { InterceptorsContextCreator } from '@nestjs/core/interceptors/interceptors-context-creator.js';
