import hooks from "eslint-plugin-react-hooks";
import tseslint from "typescript-eslint";

const onlyTheClient = "Ask the API through $api (src/api/client.ts); it knows the types, the headers and the query keys.";

export default tseslint.config(
  { ignores: ["dist", "node_modules", "src/api/schema.gen.ts"] },
  ...tseslint.configs.strict,
  {
    files: ["src/**/*.{ts,tsx}"],
    plugins: { "react-hooks": hooks },
    rules: {
      ...hooks.configs.recommended.rules,
      "no-restricted-globals": ["error", { name: "fetch", message: onlyTheClient }],
      "no-restricted-properties": ["error", { object: "window", property: "fetch", message: onlyTheClient }],
      "no-restricted-syntax": [
        "error",
        { selector: "Property[key.name='queryKey'] > ArrayExpression", message: "Query keys come from $api.queryOptions(…).queryKey." },
      ],
    },
  },
);
