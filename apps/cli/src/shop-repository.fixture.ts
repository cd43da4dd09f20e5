/** The files of the application `shop`, in every environment. */
export const CONFIG_FILE = 'apps/shop/config.yaml';
export const SECRET_FILE = 'apps/shop/secret.yaml';

/** dev → qa with the given lines for qa, and whatever comes after it. */
export function shopPipeline({ qa, more = '', rest = '' }: { readonly qa: string; /** Further environments. */ readonly more?: string; /** After the applications. */ readonly rest?: string }): string {
  return `apiVersion: sluice.dev/v1
kind: Pipeline
metadata: { name: shop }
spec:
  environments:
    - { name: dev, branch: dev }
    - name: qa
      branch: qa
      from: [dev]
      ${qa}
${more}  applications: [{ name: shop, paths: ["apps/shop/**"] }]
${rest}`;
}

export function secret(value: string): string {
  return `apiVersion: v1\nkind: Secret\nmetadata: { name: shop }\nstringData: { key: ${value} }\n`;
}
