export const dynamic = "force-dynamic";

export default function Shop() {
  return <p>public</p>;
}
