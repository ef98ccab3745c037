import { allowance } from "@/lib/balances";
import { entered } from "@/lib/entries";

// A page of the old router. Next.js serves it three times over: as HTML, with a locale in front, and
// as data below `/_next/data/`.
export function getServerSideProps({ params, req }) {
  entered("balance", req);
  const credits = allowance(params.id);
  return credits === null ? { notFound: true } : { props: { id: params.id, credits } };
}

export default function Balance({ id, credits }) {
  return (
    <p>
      Balance of {id}: {credits}
    </p>
  );
}
