// The hosts for the packed package: each is like an application after `nest new` of that version.

const NEST_12 = {
  nest: '12',
  type: 'module',
  versions: { nest: '^12.0.0', nestTypeorm: '^12.0.0', schedule: '^12.0.0', typescript: '~6.0' },
  compilerOptions: { module: 'NodeNext', moduleResolution: 'NodeNext' },
};

const NEST_11 = {
  nest: '11',
  type: 'commonjs',
  versions: { nest: '^11.1.0', nestTypeorm: '^11.0.1', schedule: '^6.0.0', typescript: '~5.9' },
  compilerOptions: { module: 'CommonJS', moduleResolution: 'Node10', esModuleInterop: true },
};

const TYPEORMS = [
  ['0.3', '~0.3.28'],
  ['1.x', '^1.0.0'],
];

/** The stacks that are not installed by npm. */
const OTHER_MANAGERS = {
  'NestJS 11 (CommonJS), Fastify, TypeORM 1.x': 'yarn',
  'NestJS 12 (ESM), Fastify, TypeORM 1.x': 'pnpm',
};

/** REQ-247 NestJS 11 (CommonJS) and 12 (ESM), Express and Fastify, TypeORM 0.3 and 1.x. */
export const STACKS = [NEST_11, NEST_12].flatMap((base) =>
  ['express', 'fastify'].flatMap((adapter) =>
    TYPEORMS.map(([typeorm, typeormVersion]) => stack(base, adapter, typeorm, typeormVersion)),
  ),
);

function stack(base, adapter, typeorm, typeormVersion) {
  const framework = base.type === 'module' ? 'ESM' : 'CommonJS';
  const server = adapter === 'express' ? 'Express' : 'Fastify';
  const name = `NestJS ${base.nest} (${framework}), ${server}, TypeORM ${typeorm}`;
  return {
    ...base,
    adapter,
    typeormVersion,
    name,
    manager: OTHER_MANAGERS[name] ?? 'npm',
  };
}

/** The dependencies of the host, beside the package itself. */
export function dependenciesOf({ versions, adapter, typeormVersion }) {
  return {
    '@nestjs/common': versions.nest,
    '@nestjs/core': versions.nest,
    [`@nestjs/platform-${adapter}`]: versions.nest,
    '@nestjs/schedule': versions.schedule,
    '@nestjs/typeorm': versions.nestTypeorm,
    '@types/node': '^20.19.0',
    // As in `nest new`: the types of NestJS itself need them.
    ...(adapter === 'express' ? { '@types/express': '^5.0.0' } : {}),
    'better-sqlite3': '^12.0.0',
    'class-transformer': '^0.5.0',
    'class-validator': '^0.14.0',
    'reflect-metadata': '^0.2.0',
    rxjs: '^7.8.0',
    typeorm: typeormVersion,
    typescript: versions.typescript,
  };
}
