declare const brand: unique symbol;

/** A string (or number) that the compiler keeps apart from other strings. */
export type Brand<Base, Name extends string> = Base & { readonly [brand]: Name };
