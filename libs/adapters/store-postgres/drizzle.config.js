// `npx drizzle-kit generate` in this folder, after a build, writes the next migration.
export default { dialect: 'postgresql', schema: './dist/schema/*.js', out: './migrations' };
